import type { CompiledSerializer } from '../../serializer/compiled-serializer.js'
import { readNames } from '../../serializer/name-tree.js'
import type { QueryParameter } from './query-reader.js'

/** The query parameters by which a caller chooses what an action shows: `fields`, and `include` where there are relations. */
export function representationParameters(serializer: CompiledSerializer, action: string): readonly QueryParameter[] {
  const names = serializer.names(action)
  const parameter = (name: string, only?: 'relations'): QueryParameter => ({
    name,
    read: (text) => (text === undefined ? { value: undefined } : readNames(text, serializer, names, only)),
  })
  const relations = names.some((name) => serializer.nested.has(name))
  return [parameter('fields'), ...(relations ? [parameter('include', 'relations')] : [])]
}
