import type { Mistakes } from '../../errors/definition-error.js'
import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import type { Naming } from '../../helpers/naming.js'
import { whenAsked } from '../../helpers/when-asked.js'
import { type ClassMistake, classMistakes } from '../../serializer/class-mistakes.js'
import { compileBody } from '../../serializer/compile-body.js'
import { ruledProperties } from '../../serializer/validation-rules.js'
import { verifyNamesBeside } from '../../serializer/verify-names.js'
import type { ActionModel, Constructor } from '../action-model.js'
import type { BodyReader } from '../body/body-contract.js'
import { jsonBodyOf } from '../body/json-body.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import { compileQueryClass, type QueryClassReader, unreadableProperties } from '../query/query-class.js'
import { compileQueryReader, type QueryReader } from '../query/query-reader.js'
import { representationParameters } from '../query/representation-parameters.js'
import type { Run } from '../step.js'
import { compileUpload } from '../uploads/compile-upload.js'
import { verbBody } from '../verbs/verb-body.js'
import type { CompiledModel } from './compiled-model.js'
import { takesBody } from './negotiate.js'

/** Reads the query, then the body. */
export function input(
  action: ActionModel,
  host: PipelineHost,
  model: CompiledModel | undefined,
  mistakes: Mistakes,
): Run {
  const queryReader = queryReaderOf(action, host, model, mistakes)
  if (action.upload && action.body) requireRules(action.body, action, mistakes)
  const readForm = action.upload && compileUpload(action, host, mistakes)
  const bodyReader = action.upload ? undefined : bodyReaderOf(action, host, model, mistakes)
  const withheld = action.paginated && model ? model.list.withheld : () => undefined
  const readBody = (exchange: Exchange): Awaitable<void> => {
    if (readForm) return readForm(exchange)
    if (!bodyReader) return undefined
    const keep = exchange.idempotencyKey === undefined ? undefined : keepIn(exchange)
    const sent = jsonBodyOf(exchange, host.limits, keep)
    const take = (body: unknown): void => {
      exchange.body = body
    }
    return andThen(sent, (body) => andThen(bodyReader()(body, exchange), take))
  }
  return (exchange) => {
    const readQuery = queryReader()
    const query = andThen(withheld(exchange), (fields) => readQuery(exchange.queryString, fields) as Awaitable<object>)
    return andThen(query, (found) => {
      exchange.query = found
      return readBody(exchange)
    })
  }
}

const keepIn = (exchange: Exchange) => (bytes: Uint8Array) => {
  exchange.bodyBytes = bytes
}

/** What is known of the entity cannot be wrong any more, and is compiled by the first request that needs it. */
function queryReaderOf(
  action: ActionModel,
  { naming }: PipelineHost,
  model: CompiledModel | undefined,
  mistakes: Mistakes,
): () => QueryReader | QueryClassReader {
  const { query, paginated, name, method } = action
  if (query) {
    requireRules(query, action, mistakes)
    requireReadable(query, action, mistakes)
    const listed = paginated && model ? model.list : undefined
    verifyClassNames(query, listed?.parameters.map(({ name }) => name) ?? [], action, { naming, mistakes })
    const reader = compileQueryClass(query, listed?.parameters, listed?.checks, naming)
    return () => reader
  }
  return whenAsked(() => {
    const shown = model && method !== 'delete' ? representationParameters(model.serializer, name) : []
    return paginated && model
      ? compileQueryReader([...model.list.parameters, ...shown], model.list.checks)
      : compileQueryReader(shown)
  })
}

function bodyReaderOf(
  action: ActionModel,
  host: PipelineHost,
  model: CompiledModel | undefined,
  mistakes: Mistakes,
): (() => BodyReader) | undefined {
  const { body, input: shape, name, verb, contract } = action
  if (!takesBody(action)) return undefined
  if (contract) return model && given(contract(action, { host, model }, mistakes))
  if (verb !== undefined) return given(verbBody(model?.entity.verbs[verb]?.input ?? {}, host.naming))
  if (!body) return shape && model && whenAsked(() => model.serializer.reader(shape, name))
  requireRules(body, action, mistakes)
  verifyClassNames(body, [], action, { naming: host.naming, mistakes })
  return given(compileBody(body, host.naming))
}

const given = (reader: BodyReader) => () => reader

/** A class without rules would let nothing in, which its author hardly meant; one inside of it anything. */
function requireRules(target: Constructor, action: ActionModel, mistakes: Mistakes): void {
  const empty: ClassMistake = {
    problem: `${target.name} has no property with a rule, so that nothing could be sent.`,
    remedy: 'Write decorators of class-validator above its properties.',
  }
  const found = ruledProperties(target).size > 0 ? classMistakes(target) : [empty]
  for (const mistake of found) addMistake(mistake, action, mistakes)
}

/** What no text stands for cannot be sent in a query. */
function requireReadable(target: Constructor, action: ActionModel, mistakes: Mistakes): void {
  for (const name of unreadableProperties(target)) {
    const problem = `no text of a query stands for what ${target.name}.${name} holds.`
    const remedy = 'Make it a text, a number, a boolean, a Date or a list of them, or take it in a body.'
    addMistake({ problem, remedy }, action, mistakes)
  }
}

function addMistake(
  { problem, remedy }: ClassMistake,
  { viewSet, name, place }: ActionModel,
  mistakes: Mistakes,
): void {
  mistakes.add({ code: 'E_BODY', subject: `${viewSet.name}.${name}`, problem, places: [place], remedy })
}

function verifyClassNames(
  target: Constructor,
  others: readonly string[],
  { viewSet, name, place }: ActionModel,
  { naming, mistakes }: { readonly naming: Naming; readonly mistakes: Mistakes },
): void {
  const names = [...ruledProperties(target), ...others]
  verifyNamesBeside({ subject: `${target.name} of ${viewSet.name}.${name}`, place, names }, naming, mistakes)
}
