import type { Mistakes } from '../../errors/definition-error.js'
import { labelOf } from '../../model/applied-traits.js'
import type { Model } from '../../model/model.js'
import type { ModelStorage } from './model-storage.js'

/**
 * Adds the entities that have no primary key, and those of which a trait and the database would each make one: rows would be known
 * by both together.
 */
export function checkKeys(model: Model, storage: ModelStorage, mistakes: Mistakes): void {
  if (storage.isView(model.entity)) return
  const { name: subject, traits } = model
  const keys = storage.primaryProperties(model)
  if (keys.size === 0) {
    mistakes.add({
      code: 'E_PRIMARY_KEY',
      subject,
      problem: 'has no primary key, so no row of it could be told from another.',
      places: traits.map(labelOf),
      remedy: 'Give it `@PrimaryGeneratedColumn() id!: number`, or a trait that gives it a key.',
    })
  }
  const generated = storage.generatedKeys(model.entity)
  for (const key of keys) {
    const given = model.columns[key]
    const [made] = generated
    if (!given?.primary || made === undefined || generated.includes(key)) continue
    mistakes.add({
      code: 'E_PRIMARY_KEY',
      subject,
      problem: `has two keys, "${key}" of the trait ${given.contributor.trait} and the generated "${made}", so that rows would be known by both together.`,
      places: [labelOf(given.contributor)],
      remedy: `Take @PrimaryGeneratedColumn away from "${made}", or leave out the trait.`,
    })
  }
}
