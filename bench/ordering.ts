import { type ModelDataSource, ranksBetween } from 'plinth'
import type { Engine } from '../spec/support/engines.js'
import { type Comparison, compare } from './compare.js'
import { clockOf, opened } from './engine-database.js'
import { Numbered, Placed } from './ordered-rows.js'

const size = 20_000

async function filled(dataSource: ModelDataSource): Promise<void> {
  const rows = Array.from({ length: size }, (_, index) => ({ title: `${index}` }))
  await dataSource.getRepository(Numbered).insert(rows.map((row) => ({ ...row })))
  await dataSource.getRepository(Placed).insert(rows.map((row) => ({ ...row })))
}

/**
 * Brings the last row of a list of 20,000 to its top, by the traits and by the statements one would write instead.
 * Undefined where the engine cannot be reached.
 */
export async function movingComparison(name: Engine['name'] = 'sqlite'): Promise<Comparison | undefined> {
  const database = await opened(name, [Numbered, Placed])
  if (!database) return undefined
  const { dataSource, sql, drop } = database
  await filled(dataSource)
  const [numbered, placed] = [dataSource.getRepository(Numbered), dataSource.getRepository(Placed)]
  const last = async (table: string, column: string): Promise<number> => {
    const [row] = await sql<{ id: number }>(`SELECT id FROM ${table} ORDER BY ${column} DESC LIMIT 1`)
    return row!.id
  }
  const positionsByHand = async () => {
    const id = await last('numbered', '"position"')
    await dataSource.atomic(async () => {
      await sql('UPDATE numbered SET "position" = NULL WHERE id = ?', [id])
      // A unique key is checked row by row, so the numbers make a detour.
      await sql('UPDATE numbered SET "position" = -("position" + 1) WHERE "position" < ?', [size])
      await sql('UPDATE numbered SET "position" = -"position" WHERE "position" < 0')
      await sql('UPDATE numbered SET "position" = 1 WHERE id = ?', [id])
    })
  }
  const rankByHand = async () => {
    const id = await last('placed', '"rank"')
    const [first] = await sql<{ rank: string }>('SELECT "rank" FROM placed ORDER BY "rank" LIMIT 1')
    const [rank] = ranksBetween(null, first!.rank, 1)
    await sql('UPDATE placed SET "rank" = ? WHERE id = ?', [rank, id])
  }
  const comparison = await compare(
    `Bring the last of ${size} rows to the top on ${name}`,
    {
      'SQL by hand, positions': positionsByHand,
      'plinth, Orderable': async () => numbered.moveToTop(await last('numbered', '"position"')),
      'plinth, Ranked': async () => placed.moveToTop(await last('placed', '"rank"')),
      'SQL by hand, ranks': rankByHand,
    },
    { rounds: 5, calls: 5, ...clockOf(name) },
  )
  await drop()
  return comparison
}
