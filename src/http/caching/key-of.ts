import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import type { ContextVariable } from '../../helpers/context-variable.js'
import type { CompiledSerializer } from '../../serializer/compiled-serializer.js'
import type { FieldDecisions } from '../../serializer/field-rule.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import { parseQueryString } from '../query/parse-query-string.js'
import { audienceOf } from './audience.js'
import type { CacheFact } from './cache-fact.js'
import type { Complaints } from './complaints.js'
import { distinctText, UnseenError } from './distinct-text.js'

/** Gives the key of the answer to an exchange; undefined where its answer is for nobody else. */
export type KeyOf = (exchange: Exchange) => Awaitable<string | undefined>

/** What keys are made of, besides what the action says. */
export interface KeyParts {
  /** Their values stand in the key. */
  readonly variables: ReadonlySet<ContextVariable<unknown>>
  readonly serializer: CompiledSerializer | undefined
  readonly complaints: Complaints
}

/** Compiles the key of the answers of an action: all that tells them apart, besides the rows they are made of. */
export function compileKey(
  { viewSet, name, route }: Pick<ActionModel, 'viewSet' | 'name' | 'route'>,
  { keyPrefix = '', vary, headers = [] }: CacheFact,
  { variables, serializer, complaints }: KeyParts,
): KeyOf {
  // Another shape of answers is another key, so that a new version of the program finds nothing of the old one.
  const fixed = [keyPrefix, viewSet.name, name, route, serializer ? shapeOf(serializer) : null]
  const context = [...variables]
  const ruled = serializer ? ruledIn(serializer) : []
  const whomOf = (exchange: Exchange): readonly string[] | undefined => {
    try {
      return [audienceOf(exchange, vary), ...context.map((one) => distinctText(one.peek()))]
    } catch (error) {
      if (!(error instanceof UnseenError)) throw error
      complaints.add(
        `who is given the same depends on ${error.message}, of which not everything can be seen; ${remedy}`,
      )
      return undefined
    }
  }
  return (exchange) => {
    const whom = whomOf(exchange)
    if (!whom) return undefined
    const query = [...parseQueryString(exchange.queryString)].sort(([a], [b]) => (a < b ? -1 : 1))
    const asked = headers.map((header) => exchange.header(header) ?? null)
    // Which row a path names may change while answers are kept; nothing is shown of the one that was called so before.
    const above = Object.values(exchange.parent ?? {}).map(String)
    const known = [fixed, exchange.path, above, query, asked, whom]
    const key = (decisions: unknown): string => JSON.stringify([...known, decisions])
    if (vary === 'user' || ruled.length === 0) return key(null)
    return andThen(decisionsOf(ruled, exchange), (decisions) => (decisions ? key(decisions) : undefined))
  }
}

const remedy = 'let it be plain, or give `vary` a function that tells apart who sees the same'

/** What the rules of fields say of a call; undefined where one of them must see each row. */
async function decisionsOf(
  ruled: readonly CompiledSerializer[],
  exchange: Exchange,
): Promise<readonly unknown[] | undefined> {
  const all: (readonly (readonly [string, unknown])[])[] = []
  for (const serializer of ruled) {
    const decisions: FieldDecisions = await serializer.readDecisions(exchange)
    if ([...decisions.values()].some((decision) => typeof decision === 'function')) return undefined
    all.push([...decisions])
  }
  return all
}

/** The serializers, among one and those of its relations, that have rules of who may read. */
export function ruledIn(serializer: CompiledSerializer): readonly CompiledSerializer[] {
  const { rules = {} } = serializer.definition.spec
  const own = Object.values(rules).some((rule) => rule.read !== undefined) ? [serializer] : []
  return [...own, ...[...serializer.nested.values()].flatMap((nested) => ruledIn(nested.serializer))]
}

function shapeOf(serializer: CompiledSerializer): unknown {
  return [
    serializer.names().map(serializer.naming.outside),
    [...serializer.nested].map(([name, nested]) => [name, nested.max, shapeOf(nested.serializer)]),
  ]
}
