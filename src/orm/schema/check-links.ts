import type { JoinTableMetadataArgs } from 'typeorm/metadata-args/JoinTableMetadataArgs.js'
import type { Mistakes } from '../../errors/definition-error.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { Model } from '../../model/model.js'
import type { ModelStorage, Relation } from './model-storage.js'

/**
 * Adds the many-to-many relations whose links hold something else than primary keys. TypeORM's save knows the rows of a list
 * by their primary keys, and finds none in such links: it writes links that are there again, and leaves those that are to go.
 */
export function checkLinks(models: readonly Model[], storage: ModelStorage, mistakes: Mistakes): void {
  const modelOf = (entity: unknown) => models.find((model) => model.entity === entity)
  for (const model of models) {
    for (const relation of storage.relationsOf(model.entity)) {
      const table = storage.findJoinTable(relation.target, relation.propertyName)
      const other = modelOf(entityOf(relation))
      if (!table || !other || holdsKeys(table, model, other, storage)) continue
      const sides = [
        { owner: model, relation },
        ...storage
          .relationsOf(other.entity)
          .filter((inverse) => modelOf(entityOf(inverse)) === model && inverseOf(inverse) === relation.propertyName)
          .map((inverse) => ({ owner: other, relation: inverse })),
      ]
      for (const side of sides) {
        if (side.relation.options.persistence !== false) report(side.owner, side.relation.propertyName, mistakes)
      }
    }
  }
}

function holdsKeys(table: JoinTableMetadataArgs, own: Model, other: Model, storage: ModelStorage): boolean {
  const sides = [
    { columns: table.joinColumns ?? [], model: own },
    { columns: table.inverseJoinColumns ?? [], model: other },
  ]
  return sides.every(({ columns, model }) => {
    const named = columns.flatMap(({ referencedColumnName }) => referencedColumnName ?? [])
    if (named.length === 0) return true
    const keys = storage.primaryProperties(model)
    return named.length === keys.size && named.every((name) => keys.has(name))
  })
}

function report({ name }: Model, property: string, mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_LINKS',
    subject: name,
    problem: `the links of "${property}" hold what is no primary key, so that saves do not know them again.`,
    places: [],
    remedy:
      'A save would be refused for links that are there already, and leave those that are to go. Leave out `referencedColumnName` in @JoinTable; or write `{ persistence: false }` into the relation, so that saves ' +
      'leave its links alone, and change them by a query builder: `.relation(…).of(…).add(…)`.',
  })
}

const entityOf = ({ type }: Relation): AnyClass | undefined =>
  typeof type === 'function' ? ((type as () => unknown)() as AnyClass) : undefined

/** The property at the other side, which is named by text or by a function of all properties. */
function inverseOf({ inverseSideProperty: named }: Relation): string | undefined {
  if (typeof named !== 'function') return named
  return String((named as (properties: object) => unknown)(new Proxy({}, { get: (_, name) => name })))
}
