import type { CompiledSerializer } from '../../serializer/compiled-serializer.js'
import { readNames } from '../../serializer/name-tree.js'
import type { ParameterDescription, QueryParameter } from './query-reader.js'

/** The query parameters by which a caller chooses what an action shows: `fields`, and `include` where there are relations. */
export function representationParameters(serializer: CompiledSerializer, action: string): readonly QueryParameter[] {
  const names = serializer.names(action)
  const { outside } = serializer.naming
  const relations = names.filter((name) => serializer.nested.has(name))
  const parameter = (name: string, paths: readonly string[], only?: 'relations'): QueryParameter => ({
    name,
    description: describe(name, paths.map(outside), relations.map(outside)),
    read: (text) => (text === undefined ? { value: undefined } : readNames(text, serializer, names, only)),
  })
  return [parameter('fields', names), ...(relations.length > 0 ? [parameter('include', relations, 'relations')] : [])]
}

const meanings: Readonly<Record<string, string>> = {
  fields: 'Shows only these fields, with commas between them; `a.b` shows a field of what `a` leads to.',
  include: 'Shows these relations as well, with commas between them; `a.b` shows a relation of a relation.',
}

function describe(name: string, paths: readonly string[], relations: readonly string[]): ParameterDescription {
  const behind = relations.length > 0 ? [{ type: 'string', pattern: `^(${relations.join('|')})[.]` }] : []
  const items = behind.length > 0 ? { anyOf: [{ enum: paths }, ...behind] } : { enum: paths }
  return {
    name,
    in: 'query',
    description: meanings[name] ?? '',
    schema: { type: 'array', items, minItems: 1, maxItems: 100 },
    explode: false,
  }
}
