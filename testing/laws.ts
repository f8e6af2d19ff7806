import { type Check, checksOf, lawsOf, type Model, matches, type RowData, type RowsInSight } from 'plinth'
import type { ContextOfRows } from './behaviour-options.js'
import type { Oracle } from './oracle.js'
import type { Sighting, World } from './world.js'

/**
 * What is wrong with what a context sees, by the model: a sentence for each.
 * @param earlier what it saw before the last write, where there was but one.
 */
export async function brokenLaws(
  world: World,
  oracle: Oracle,
  context: ContextOfRows,
  seen: Sighting,
  earlier?: Sighting,
): Promise<readonly string[]> {
  return context.run(async () => [
    ...looksAgree(world, oracle, seen, context),
    ...columnsAgree(world, seen),
    ...promisesHold(world, oracle, seen),
    ...lawsHold(world, oracle, seen, earlier),
  ])
}

/** What traits promise of all rows together. */
function lawsHold({ model }: World, oracle: Oracle, seen: Sighting, earlier?: Sighting): readonly string[] {
  const sight = ({ all }: Sighting): RowsInSight => ({ stored: all, visible: all.filter((row) => oracle.shows(row)) })
  return lawsOf(model)
    .filter((law) => !law.holds(sight(seen), earlier && sight(earlier)))
    .map(({ problem, contributor }) => `@${contributor.trait}: ${problem}`)
}

/** Each look shows exactly the rows of which its predicates are true in memory. */
function looksAgree(world: World, oracle: Oracle, { all, looks }: Sighting, context: ContextOfRows) {
  return [...looks].flatMap(([name, { ids, count, view }]) => {
    const expected = all.filter(
      (row) => oracle.shows(row, view?.without) && (view?.where === undefined || matches(view.where, row)),
    )
    const names = expected
      .map((row) => world.idOf(row))
      .sort()
      .join(', ')
    const look = name === '' ? 'a plain query' : `the view "${name}"`
    const shown = [...ids].sort().join(', ')
    return [
      ...(shown === names ? [] : [`${look} in ${context.name} shows [${shown}], and must show [${names}]`]),
      ...(count === ids.length ? [] : [`${look} in ${context.name} counts ${count} rows, and shows ${ids.length}`]),
    ]
  })
}

function columnsAgree(world: World, { all }: Sighting): readonly string[] {
  return Object.entries(world.model.columns).flatMap(([name, { generated }]) => {
    if (!generated) return []
    const wrong = all.filter((row) => name in row && row[name] !== matches(generated, row))
    return wrong.map((row) => `${world.idOf(row)} has a ${name} that disagrees with its row`)
  })
}

/** What unique indexes and the checks of traits promise of all rows together. */
function promisesHold(world: World, oracle: Oracle, { all }: Sighting): readonly string[] {
  const { model } = world
  const unique = model.indexes.flatMap(({ properties, unique: among }) => {
    if (among === undefined) return []
    const rows = among === 'always' ? all : all.filter((row) => oracle.shows(row))
    return hasDuplicates(rows, properties)
      ? [`two ${among === 'always' ? '' : 'visible '}rows have the same ${properties.join(', ')}`]
      : []
  })
  return [...unique, ...checksOf(model).flatMap((check) => brokenBy(check, model, all))]
}

function brokenBy(check: Check, { name }: Model, all: readonly RowData[]): readonly string[] {
  if ('where' in check) return all.some((row) => matches(check.where, row)) ? [`a ${name} ${check.problem}`] : []
  if (!('duplicates' in check)) return []
  const { by, among } = check.duplicates
  const rows = all.filter((row) => among === undefined || matches(among, row))
  return hasDuplicates(rows, by) ? [`a ${name} ${check.problem}`] : []
}

function hasDuplicates(rows: readonly RowData[], properties: readonly string[]): boolean {
  const keys = rows
    .map((row) => properties.map((property) => row[property] ?? null))
    .filter((key) => key.every((value) => value !== null))
    .map((key) => JSON.stringify(key))
  return new Set(keys).size < keys.length
}
