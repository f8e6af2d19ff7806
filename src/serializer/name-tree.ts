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
    const names = path.split('.')
    if (names.length > limits.depth || !isKnown(names, serializer, allowed, only)) {
      return { code: 'unknown_field', message: `names a ${only ? 'relation' : 'field'} that is not known here` }
    }
    let branch = tree
    for (const name of names) {
      const next = branch.get(name) ?? new Map()
      branch.set(name, next)
      branch = next
    }
  }
  return { value: tree }
}

function isKnown(
  [name = '', ...rest]: readonly string[],
  serializer: CompiledSerializer,
  allowed: readonly string[],
  only: 'relations' | undefined,
): boolean {
  if (!allowed.includes(name)) return false
  const nested = serializer.nested.get(name)
  if (!nested) return rest.length === 0 && only === undefined
  return rest.length === 0 || isKnown(rest, nested.serializer, nested.serializer.names(), only)
}
