import { ranksBetween } from 'plinth'
import type { Engine } from '../../spec/support/engines.js'
import { type EngineDatabase, opened } from '../engine-database.js'
import { Numbered, Placed } from '../ordered-rows.js'
import { aimOfGrowth, type Growth } from './growth.js'
import { clockFor, type Measured, spentInTurns } from './spent.js'

/** Brings the last row of lists of several lengths to their top, in turns. Undefined where the engine cannot be reached. */
export async function listGrowth(
  engine: Engine['name'],
  sizes: readonly number[],
  rounds: number,
): Promise<Growth | undefined> {
  const databases: EngineDatabase[] = []
  const all = new Map<string, Measured>()
  const spent = clockFor(engine)
  try {
    for (const size of sizes) {
      const database = await opened(engine, [Numbered, Placed])
      if (!database) return undefined
      databases.push(database)
      await fill(database, size)
      const [numbered, placed] = [
        database.dataSource.getRepository(Numbered),
        database.dataSource.getRepository(Placed),
      ]
      let [dense, ranked] = [size, size]
      // Once all have moved, the first to move is the last again.
      const next = (id: number): number => (id === 1 ? size : id - 1)
      const moveDense = () => numbered.moveToTop((dense = next(dense)))
      const moveRanked = () => placed.moveToTop((ranked = next(ranked)))
      all.set(`dense ${size}`, { work: moveDense, calls: size > 10_000 ? 1 : 3, spent })
      all.set(`ranked ${size}`, { work: moveRanked, calls: 30, warming: 100, spent })
    }
    const costs = await spentInTurns(all, rounds)
    const valuesOf = (kind: string) => sizes.map((size) => costs.get(`${kind} ${size}`))
    const ranked = { name: 'Ranked', values: valuesOf('ranked') }
    return {
      name: 'Bring the last row of a list to its top, by its length',
      unit: 'us',
      sizes,
      series: [{ name: 'Orderable: dense positions', values: valuesOf('dense') }, ranked],
      aims: [aimOfGrowth('a move by rank in the longest list, against one in the shortest', 1.5, ranked)],
    }
  } finally {
    for (const { drop } of databases) await drop()
  }
}

/** Rows in order, by statements of many rows each. */
async function fill({ sql }: EngineDatabase, size: number): Promise<void> {
  const ranks = ranksBetween(null, null, size)
  const step = 400
  for (let start = 0; start < size; start += step) {
    const ids = Array.from({ length: Math.min(step, size - start) }, (_, index) => start + index + 1)
    const tuples = ids.map(() => '(?, ?, ?)').join(', ')
    const positions = ids.flatMap((id) => [id, `${id}`, id])
    await sql(`INSERT INTO numbered (id, title, "position") VALUES ${tuples}`, positions)
    const places = ids.flatMap((id) => [id, `${id}`, ranks[id - 1]])
    await sql(`INSERT INTO placed (id, title, "rank") VALUES ${tuples}`, places)
  }
  for (const table of ['numbered', 'placed']) await sql(`ANALYZE ${table}`)
}
