import { asDeclared, type Naming } from '../../helpers/naming.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { EntityDescription } from '../../model/entity-description.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import { type ColumnPath, columnPathOf } from '../../orm/lists/column-path.js'

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
  readonly description: EntityDescription
  /** The names that the serializer shows. */
  readonly shown: ReadonlySet<string>
  readonly subject: string
  readonly place: string
  readonly naming?: Naming
}

/** Prepares to look at the declarations of a list. */
export function listScene({
  dataSource,
  entity,
  description,
  shown,
  subject,
  place,
  naming = asDeclared,
}: SceneParts): ListScene {
  const known = new Map<string, ColumnPath | string>()
  const anyPath = (text: string): ColumnPath | string => {
    const found = known.get(text) ?? columnPathOf(dataSource, entity, text)
    known.set(text, found)
    return found
  }
  const path = (text: string): ColumnPath | string => {
    const found = anyPath(text)
    if (typeof found === 'string') return found
    const [first = ''] = text.split('.')
    if (description.properties.has(first) && !shown.has(first)) {
      return 'is not shown by the serializer: callers would find out what they may not read'
    }
    return found.column.isSelect ? found : 'is hidden: callers would find out what they may not read'
  }
  const names = [...description.properties.keys()].filter((name) => shown.has(name))
  return { subject, place, naming, names: [...names, ...description.relations.keys()], path, anyPath }
}
