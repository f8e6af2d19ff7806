import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import type { CompiledSerializer } from '../../serializer/compiled-serializer.js'
import type { FieldDecisions } from '../../serializer/field-rule.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import { parseQueryString } from '../query/parse-query-string.js'
import type { CacheFact } from './cache-fact.js'
import type { Found } from './sources.js'

/** Gives the key of the answer to an exchange; undefined where its answer is for nobody else. */
export type KeyOf = (exchange: Exchange) => Awaitable<string | undefined>

/** Compiles the key of the answers of an action: all that tells them apart, besides the rows they are made of. */
export function compileKey(
  { viewSet, name, route }: Pick<ActionModel, 'viewSet' | 'name' | 'route'>,
  { keyPrefix = '', vary, headers = [] }: CacheFact,
  { variables }: Found,
  serializer: CompiledSerializer | undefined,
): KeyOf {
  // Another shape of answers is another key, so that a new version of the program finds nothing of the old one.
  const fixed = [keyPrefix, viewSet.name, name, route, serializer ? shapeOf(serializer) : null]
  const context = [...variables]
  const ruled = serializer ? ruledIn(serializer) : []
  return (exchange) => {
    const whom = audienceOf(exchange, vary)
    const query = [...parseQueryString(exchange.queryString)].sort(([a], [b]) => (a < b ? -1 : 1))
    const asked = headers.map((header) => exchange.header(header) ?? null)
    // Which row a path names may change while answers are kept; nothing is shown of the one that was called so before.
    const above = Object.values(exchange.parent ?? {}).map(String)
    const known = [fixed, exchange.path, above, query, asked, context.map((one) => one.get() ?? null), whom]
    const key = (decisions: unknown): string => JSON.stringify([...known, decisions])
    if (vary === 'user' || ruled.length === 0) return key(null)
    return andThen(decisionsOf(ruled, exchange), (decisions) => (decisions ? key(decisions) : undefined))
  }
}

/** Who sees the same. */
function audienceOf(exchange: Exchange, vary: CacheFact['vary']): unknown {
  const { user } = exchange
  if (vary === 'public') return 'public'
  if (typeof vary === 'function') return [vary(exchange), [...(user?.roles ?? [])].sort()]
  // All that an application knows of its users may decide what they see.
  return [user]
}

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
