import { type AnyClass, type EntityDescription, type RowData, requireKnownBy } from 'plinth'
import { type BehaviourOptions, behaviourOptions } from './behaviour-options.js'
import { sequences } from './operations.js'
import { Oracle } from './oracle.js'
import { play } from './play.js'
import { propertyLibrary } from './property-library.js'
import { anything } from './unknown.js'
import { World } from './world.js'

/**
 * Plays random sequences of writes on an entity (create, update, delete, and every verb of its model) and compares the
 * database after each step with a memory that knows only the model: what is stored, what each view shows and counts in
 * each context, what was refused, and what traits promise of all rows. With several `clients` the writes of a step run at
 * the same time, and some order of them must explain what each client was told and what is stored; with more than four,
 * nothing may be lost, and no row change that nobody named.
 * @throws {Error} with the smallest sequence that was found, and the `seed` and `path` to run it again.
 */
export async function checkBehaviours(entity: AnyClass, options: BehaviourOptions): Promise<void> {
  requireKnownBy(checkBehaviours, options, behaviourOptions)
  const fc = await propertyLibrary('checkBehaviours')
  const { dataSource, runs = 30, seed, path, clients = 1 } = options
  const model = dataSource.registry.model(entity)
  const world = new World(model, options)
  const description = dataSource.describe(entity)
  const table = { primary: world.primary, blank: blankRow(description), uniques: description.uniques }
  const oracle = new Oracle(model, table)
  await world.assertEmpty()
  const property = fc.asyncProperty(sequences(fc, model, options), async (sequence) => {
    try {
      await play(world, oracle, sequence)
    } finally {
      await world.clear()
    }
  })
  // A race that was lost once may be won when a smaller sequence is tried.
  await fc.assert(property, {
    numRuns: runs,
    includeErrorInReport: true,
    endOnFailure: clients > 1,
    ...(seed !== undefined && { seed }),
    ...(path !== undefined && { path }),
  })
}

/** What a new row holds where it is given nothing. */
function blankRow({ properties }: EntityDescription): RowData {
  return Object.fromEntries(
    [...properties.values()].map(({ name, hasDefault, defaultValue }) => [
      name,
      defaultValue ?? (hasDefault ? anything : null),
    ]),
  )
}
