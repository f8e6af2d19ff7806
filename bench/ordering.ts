import { createDataSource, type ModelDataSource, ranksBetween } from 'plinth'
import { type Comparison, compare } from './compare.js'
import { Numbered, Placed } from './ordered-rows.js'

const size = 20_000

async function opened(): Promise<ModelDataSource> {
  const options = { type: 'sqlite', database: ':memory:', synchronize: true } as const
  const dataSource = await createDataSource({ ...options, entities: [Numbered, Placed] }).initialize()
  const rows = Array.from({ length: size }, (_, index) => ({ title: `${index}` }))
  await dataSource.getRepository(Numbered).insert(rows.map((row) => ({ ...row })))
  await dataSource.getRepository(Placed).insert(rows.map((row) => ({ ...row })))
  return dataSource
}

/** Brings the last row of a list of 20,000 to its top, by the traits and by the statements one would write instead. */
export async function movingComparison(): Promise<Comparison> {
  const dataSource = await opened()
  const [numbered, placed] = [dataSource.getRepository(Numbered), dataSource.getRepository(Placed)]
  const last = async (table: string, column: string): Promise<number> => {
    const [row] = await dataSource.query<{ id: number }[]>(`SELECT id FROM ${table} ORDER BY ${column} DESC LIMIT 1`)
    return row!.id
  }
  const positionsByHand = async () => {
    const id = await last('numbered', '"position"')
    await dataSource.atomic(async () => {
      await dataSource.query('UPDATE numbered SET "position" = NULL WHERE id = ?', [id])
      // A unique key is checked row by row, so the numbers make a detour.
      await dataSource.query('UPDATE numbered SET "position" = -("position" + 1) WHERE "position" < ?', [size])
      await dataSource.query('UPDATE numbered SET "position" = -"position" WHERE "position" < 0')
      await dataSource.query('UPDATE numbered SET "position" = 1 WHERE id = ?', [id])
    })
  }
  const rankByHand = async () => {
    const id = await last('placed', '"rank"')
    const [first] = await dataSource.query<{ rank: string }[]>('SELECT "rank" FROM placed ORDER BY "rank" LIMIT 1')
    const [rank] = ranksBetween(null, first!.rank, 1)
    await dataSource.query('UPDATE placed SET "rank" = ? WHERE id = ?', [rank, id])
  }
  const comparison = await compare(
    `Bring the last of ${size} rows to the top`,
    {
      'SQL by hand, positions': positionsByHand,
      'plinth, Orderable': async () => numbered.moveToTop(await last('numbered', '"position"')),
      'plinth, Ranked': async () => placed.moveToTop(await last('placed', '"rank"')),
      'SQL by hand, ranks': rankByHand,
    },
    { rounds: 5, calls: 5 },
  )
  await dataSource.destroy()
  return comparison
}
