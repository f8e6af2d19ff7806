import type { Mistakes } from '../../errors/definition-error.js'
import { compileBody } from '../../serializer/compile-body.js'
import type { CompiledSerializer, InputReader } from '../../serializer/compile-serializer.js'
import { ruledProperties } from '../../serializer/validation-rules.js'
import type { ActionModel, Constructor } from '../action-model.js'
import { readJsonBody } from '../body/json-body.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import { checkDepth, pageParameters } from '../pagination.js'
import { compileQueryClass, type QueryClassReader } from '../query/query-class.js'
import { compileQueryReader, type QueryReader } from '../query/query-reader.js'
import { representationParameters } from '../query/representation-parameters.js'
import type { Run } from '../step.js'

/** Reads the query, then the body. */
export function input(
  action: ActionModel,
  host: PipelineHost,
  serializer: CompiledSerializer | undefined,
  mistakes: Mistakes,
): Run {
  const readQuery = queryReader(action, serializer, mistakes)
  const readBody = bodyReader(action, serializer, mistakes)
  const read = async (exchange: Exchange, query: object | Promise<object>): Promise<void> => {
    exchange.query = await query
    if (readBody) exchange.body = await readBody(await readJsonBody(exchange, host.limits))
  }
  return (exchange) => {
    const query = readQuery(exchange.queryString)
    if (readBody || query instanceof Promise) return read(exchange, query)
    exchange.query = query
    return undefined
  }
}

function queryReader(
  action: ActionModel,
  serializer: CompiledSerializer | undefined,
  mistakes: Mistakes,
): QueryReader | QueryClassReader {
  const { query, paginated, model, name, method } = action
  if (query) {
    requireRules(query, action, mistakes)
    return compileQueryClass(query)
  }
  const shown = serializer && method !== 'delete' ? representationParameters(serializer, name) : []
  return paginated && model
    ? compileQueryReader([...pageParameters(model.pagination), ...shown], [checkDepth])
    : compileQueryReader(shown)
}

function bodyReader(
  action: ActionModel,
  serializer: CompiledSerializer | undefined,
  mistakes: Mistakes,
): InputReader | undefined {
  const { body, input: shape, name } = action
  if (!body) return shape && serializer?.reader(shape, name)
  requireRules(body, action, mistakes)
  return compileBody(body)
}

/** A class without rules would let nothing in, which its author hardly meant. */
function requireRules(target: Constructor, { viewSet, name, place }: ActionModel, mistakes: Mistakes): void {
  if (ruledProperties(target).size > 0) return
  mistakes.add({
    code: 'E_BODY',
    subject: `${viewSet.name}.${name}`,
    problem: `${target.name} has no property with a rule, so that nothing could be sent.`,
    places: [place],
    remedy: 'Write decorators of class-validator above its properties.',
  })
}
