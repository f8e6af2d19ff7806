import type { Naming } from '../../helpers/naming.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import { type ColumnPath, columnPathOf } from '../../orm/lists/column-path.js'
import type { CompiledSerializer } from '../../serializer/compiled-serializer.js'

/** What the declarations of a list are looked at with when the application starts. */
export interface ListScene {
  /** The name of the viewset. */
  readonly subject: string
  readonly place: string
  readonly naming: Naming
  /** What callers may know of rows at all. */
  readonly names: readonly string[]
  /** Follows a path that callers are to know of; a text says why it cannot be followed, or must not be. */
  path(text: string): ColumnPath | string
  /** Follows a path of the application's own. */
  anyPath(text: string): ColumnPath | string
}

interface SceneParts {
  readonly dataSource: ModelDataSource
  readonly entity: AnyClass
  readonly serializer: CompiledSerializer
  readonly subject: string
  readonly place: string
}

const tellsTooMuch = 'callers would find out what they may not read'

/** Prepares to look at the declarations of a list. */
export function listScene({ dataSource, entity, serializer, subject, place }: SceneParts): ListScene {
  const known = new Map<string, ColumnPath | string>()
  const anyPath = (text: string): ColumnPath | string => {
    const found = known.get(text) ?? columnPathOf(dataSource, entity, text)
    known.set(text, found)
    return found
  }
  const path = (text: string): ColumnPath | string => {
    const found = anyPath(text)
    if (typeof found === 'string') return found
    const unshown = whyUnshown(serializer, text)
    if (unshown !== undefined) return `${unshown}: ${tellsTooMuch}`
    return found.column.isSelect ? found : `is hidden: ${tellsTooMuch}`
  }
  const { description, naming } = serializer
  const shown = [...description.properties.keys()].filter((name) => shows(serializer, name))
  return { subject, place, naming, names: [...shown, ...description.relations.keys()], path, anyPath }
}

const shows = ({ shown }: CompiledSerializer, property: string): boolean => shown.some(({ name }) => name === property)

/** What keeps a path from being shown; of a relation that no serializer speaks of its author decides alone. */
function whyUnshown(serializer: CompiledSerializer, text: string): string | undefined {
  const [first = '', ...others] = text.split('.')
  if (serializer.description.properties.has(first) && !shows(serializer, first)) return 'is not shown by the serializer'
  const nested = serializer.names().includes(first) ? serializer.nested.get(first) : undefined
  if (!nested) return undefined
  if (nested.scope) return `leads to rows of "${first}" that its \`scope\` does not show`
  return others.length === 0 ? undefined : whyUnshown(nested.serializer, others.join('.'))
}
