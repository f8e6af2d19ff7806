import type { CompiledSerializer } from './compiled-serializer.js'
import type { NameTree } from './name-tree.js'

/** For whom rows are represented, and what of them. */
export interface ShowRequest {
  readonly call: object
  readonly action?: string
  /** Only these fields. */
  readonly fields?: NameTree
  /** These relations too. */
  readonly include?: NameTree
}

/** The names that are shown of rows, whoever asks. */
export function namesOf(
  serializer: CompiledSerializer,
  { action, fields, include }: Omit<ShowRequest, 'call'>,
): readonly string[] {
  const asked = (name: string): boolean => {
    if (include?.has(name)) return true
    return fields && fields.size > 0 ? fields.has(name) : !serializer.nested.get(name)?.optional
  }
  return serializer.names(action).filter(asked)
}

/** What was asked of the rows that a relation leads to. */
export function branch<K extends 'fields' | 'include'>(
  key: K,
  tree: NameTree | undefined,
  name: string,
): { readonly [P in K]?: NameTree } {
  const below = tree?.get(name)
  return (below ? { [key]: below } : {}) as { readonly [P in K]?: NameTree }
}
