import { shortName } from '../errors/json-pointer.js'
import { nearestName } from '../helpers/nearest-name.js'
import type { CompiledSerializer } from './compiled-serializer.js'
import type { Problem } from './value-check.js'

/** Names of fields, and below the name of a relation those of its rows; an empty tree asks for everything. */
export type NameTree = ReadonlyMap<string, NameTree>

/** The most names that one parameter may list, and the deepest that one may reach. */
const limits = { names: 100, depth: 5 } as const

type Grown = Map<string, Grown>

/**
 * Reads names that are separated by commas, relations by points: `title,author.name`.
 * @param allowed the names that may be asked for at the top.
 * @param only where just relations can be asked for.
 */
export function readNames(
  text: string,
  serializer: CompiledSerializer,
  allowed: readonly string[],
  only?: 'relations',
): { readonly value: NameTree } | Problem {
  const paths = text.split(',')
  if (paths.length > limits.names) {
    return { code: 'max_items', message: `must have at most ${limits.names} names`, params: { max: limits.names } }
  }
  const tree: Grown = new Map()
  for (const path of paths) {
    const names = known(path.split('.').slice(0, limits.depth + 1), serializer, allowed, only)
    if (!names || names.length > limits.depth)
      return unknown(path, meant(path.split('.'), serializer, allowed, only), only)
    let branch = tree
    for (const name of names) {
      const next = branch.get(name) ?? new Map()
      branch.set(name, next)
      branch = next
    }
  }
  return { value: tree }
}

/** The names of the application for those that a caller wrote; undefined where they lead to nothing. */
function known(
  [outside = '', ...rest]: readonly string[],
  serializer: CompiledSerializer,
  allowed: readonly string[],
  only: 'relations' | undefined,
): readonly string[] | undefined {
  const name = serializer.named(outside)
  if (name === undefined || !allowed.includes(name)) return undefined
  const nested = serializer.nested.get(name)
  if (!nested) return rest.length === 0 && only === undefined ? [name] : undefined
  if (rest.length === 0) return [name]
  const below = known(rest, nested.serializer, nested.serializer.names(), only)
  return below && [name, ...below]
}

function unknown(path: string, nearest: string | undefined, only: 'relations' | undefined): Problem {
  const told = `names the ${only ? 'relation' : 'field'} "${shortName(path)}", which is not known here`
  return { code: 'unknown_field', message: nearest === undefined ? told : `${told}; did you mean "${nearest}"?` }
}

/** What a caller most likely meant by a path that leads to nothing, as far as its first unknown name. */
function meant(
  [outside = '', ...rest]: readonly string[],
  serializer: CompiledSerializer,
  allowed: readonly string[],
  only: 'relations' | undefined,
): string | undefined {
  const name = serializer.named(outside)
  const nested = name !== undefined && allowed.includes(name) ? serializer.nested.get(name)?.serializer : undefined
  if (nested && rest.length > 0) {
    const below = meant(rest, nested, nested.names(), only)
    return below && `${outside}.${below}`
  }
  const names = only ? allowed.filter((one) => serializer.nested.has(one)) : allowed
  return outside === '' ? undefined : nearestName(outside, names.map(serializer.naming.outside))
}
