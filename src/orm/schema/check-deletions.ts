import type { Mistakes } from '../../errors/definition-error.js'
import type { DeletionFact } from '../../model/deletion.js'
import type { Model } from '../../model/model.js'
import type { ModelDataSource } from '../data-source.js'
import { type Reference, referencesOf } from '../deletion/references.js'
import { keepsRows } from '../writes/remove.js'

/** Adds the deletion policies that cannot do what they say. */
export function checkDeletions(dataSource: ModelDataSource, model: Model, mistakes: Mistakes): void {
  const references = referencesOf(dataSource, dataSource.getMetadata(model.entity))
  for (const fact of Object.values(model.deletions)) {
    const reference = references.find(({ property }) => property === fact.property)
    const mistake = reference ? wrongWith(dataSource, reference) : noReference
    if (!mistake) continue
    const [problem, remedy] = mistake
    mistakes.add({
      code: 'E_DELETION',
      subject: model.name,
      problem: `${described(fact)} ${problem}`,
      places: [`@OnDelete at ${fact.place}`],
      remedy,
    })
  }
}

type Wrong = readonly [problem: string, remedy: string]

const noReference: Wrong = [
  'stands above something that holds no key of another row.',
  'Write it above a many-to-one relation, or the side of a one-to-one relation that has @JoinColumn.',
]

function wrongWith(dataSource: ModelDataSource, { policy, key, model, parent }: Reference): Wrong | undefined {
  if ((key.relationMetadata?.joinColumns.length ?? 1) > 1) {
    return ['stands above a relation whose key has several columns.', 'Refer to the row by one column.']
  }
  const above = dataSource.modelOf(parent.target)
  if (!above) {
    return ['refers to an entity this data source has no model of.', 'Add it to `entities`.']
  }
  if (key.isNullable) return undefined
  if (policy === 'detach') return ['wants the key to become null, which it cannot be.', 'Make the relation nullable.']
  if (policy === 'cascade' && keepsRows(model) && !keepsRows(above)) {
    return [
      `keeps rows that cannot refer to a ${above.name} any more, because those are removed.`,
      `Make the relation nullable, or let deletes of ${above.name} keep its rows.`,
    ]
  }
  return undefined
}

const described = ({ property, policy }: DeletionFact): string => `the deletion policy "${policy}" of "${property}"`
