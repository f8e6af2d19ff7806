import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import type { ColumnPath } from '../../orm/lists/column-path.js'
import type { CompiledSerializer } from '../../serializer/compiled-serializer.js'
import type { Call } from '../call.js'
import type { WithheldFields } from '../query/query-reader.js'

const nothing: WithheldFields = new Set()

/** Whether a path tells of a field that is withheld: one on its way, or the key that its relation stands for. */
export function isWithheld({ text, relations, column, isRelation }: ColumnPath, withheld: WithheldFields): boolean {
  if (withheld.size === 0) return false
  const names = text.split('.')
  const onTheWay = names.map((_, index) => names.slice(0, index + 1).join('.'))
  const key = [...relations.map(({ propertyPath }) => propertyPath), column.propertyPath].join('.')
  const referred = isRelation && column.referencedColumn ? [`${text}.${column.referencedColumn.propertyPath}`] : []
  return [...onTheWay, key, ...referred].some((path) => withheld.has(path))
}

/**
 * Tells the fields that a call may not read, those of related rows by their paths, which the rules of their own serializers
 * speak of.
 */
export function withheldBy(serializer: CompiledSerializer): (call: Call) => Awaitable<WithheldFields> {
  if (!serializer.hasRules) return () => nothing
  const names = serializer.names()
  const below = [...serializer.nested.values()].filter((nested) => nested.serializer.hasRules)
  const asked = below.map((nested) => ({ name: nested.name, withheld: withheldBy(nested.serializer) }))
  return (call) =>
    andThen(serializer.readableFields(call), (readable) =>
      joined(
        call,
        asked,
        names.filter((name) => !readable.has(name)),
      ),
    )
}

interface Below {
  readonly name: string
  readonly withheld: (call: Call) => Awaitable<WithheldFields>
}

/** Names, and those of what lies below. */
function joined(call: Call, [first, ...others]: readonly Below[], names: readonly string[]): Awaitable<WithheldFields> {
  if (!first) return names.length === 0 ? nothing : new Set(names)
  return andThen(first.withheld(call), (withheld) =>
    joined(call, others, [...names, ...[...withheld].map((name) => `${first.name}.${name}`)]),
  )
}
