import type { Mistakes } from '../../errors/definition-error.js'
import type { Model } from '../../model/model.js'
import { keepsRows } from '../writes/remove.js'
import type { ModelStorage } from './model-storage.js'

/**
 * Adds the relations by which the database itself would remove rows, or take their keys away, past all rules: when a
 * row above that deletes keep is removed for good, and when a row above is removed while deletes of those below keep them.
 */
export function checkDatabaseDeletes(models: readonly Model[], storage: ModelStorage, mistakes: Mistakes): void {
  for (const model of models) {
    if (!storage.isEntity(model.entity)) continue
    for (const { property, action, type } of storage.databaseDeletes(model.entity)) {
      const above = models.find(({ entity, name }) => entity === type || name === type)
      const keeping = [above, action === 'CASCADE' ? model : undefined].filter((one) => one && keepsRows(one))
      const [first] = keeping
      if (!first || !above) continue
      const policy = action === 'CASCADE' ? 'cascade' : 'detach'
      mistakes.add({
        code: 'E_DELETION',
        subject: model.name,
        problem:
          `"${property}" has onDelete: '${action}', so where rows of ${above.name} are removed the database ` +
          `${action === 'CASCADE' ? 'removes' : 'changes'} rows of ${model.name} past the rules for deletes of ${first.name}.`,
        places: placesOf(first, model, property),
        remedy: `Leave onDelete out, and write @OnDelete('${policy}') above it, or another policy.`,
      })
    }
  }
}

function placesOf({ rules }: Model, { deletions }: Model, property: string): readonly string[] {
  const keeping = rules.delete.filter((rule) => rule.set !== undefined)
  const traits = keeping.map(({ contributor }) => `@${contributor.trait} at ${contributor.place}`)
  const policy = Object.values(deletions).find((fact) => fact.property === property)
  return [...new Set(traits), ...(policy ? [`@OnDelete at ${policy.place}`] : [])]
}
