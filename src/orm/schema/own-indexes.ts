import type { Model } from '../../model/model.js'

/** The indexes an entity declares that no entity it shares its table with from above has already. */
export function ownIndexes(model: Model, above: readonly Model[]): Model['indexes'] {
  const known = new Set(above.flatMap(({ indexes }) => indexes.map(nameOf)))
  return model.indexes.filter((index) => !known.has(nameOf(index)))
}

const nameOf = ({ properties, unique, path, ...index }: Model['indexes'][number]): string =>
  JSON.stringify([properties, unique, path, 'holds' in index && index.holds])
