import type { Mistakes } from '../../errors/definition-error.js'
import { ancestry } from '../../metadata/fact-kind.js'
import type { Model } from '../../model/model.js'
import type { ModelStorage } from './model-storage.js'

/** Adds TypeORM's own way to hide rows where delete rules do so too. */
export function checkRemovals(model: Model, storage: ModelStorage, mistakes: Mistakes): void {
  const keeping = model.rules.delete.filter((rule) => rule.set !== undefined)
  if (keeping.length === 0) return
  const places = keeping.map(({ contributor }) => `@${contributor.trait} at ${contributor.place}`)
  const tree = ancestry(model.entity).toReversed()
  const dates = storage.filterColumns(tree).filter(({ mode }) => mode === 'deleteDate')
  for (const { propertyName } of dates) {
    mistakes.add({
      code: 'E_DELETION',
      subject: model.name,
      problem: `"${propertyName}" is a @DeleteDateColumn, a second way to delete that its delete rules know nothing of.`,
      places,
      remedy:
        'Take it away. The property of the trait may keep the column there was, with what it holds, by a `@Column` of the ' +
        'same name and type (docs/adopting.md).',
    })
  }
}
