import 'reflect-metadata'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { column, createDataSource, defineTrait, eq } from '../../src/index.js'
import { type Engine, engines } from './engines.js'

/** What one engine made of some instants, in a process whose zone is not UTC. */
export interface ZoneReport {
  readonly zone: string
  readonly stored: readonly string[]
  readonly read: readonly string[]
  readonly found: readonly boolean[]
}

/** In New York a clock shows the second and the third of these twice, and that of the first never. */
export const instants = [
  '2024-03-10T07:30:00.123Z',
  '2024-11-03T05:30:00.456Z',
  '2024-11-03T06:30:00.456Z',
  '1969-12-31T23:59:59.999Z',
]

const Dated = defineTrait({
  name: 'Dated',
  defaults: {},
  columns: () => ({ instant: column.timestamp() }),
})

@Entity()
@Dated()
class Moment {
  @PrimaryColumn()
  id!: number

  @Column({ type: 'varchar', length: 10, default: '' })
  note!: string

  instant!: Date
}

async function report(engine: Engine): Promise<ZoneReport> {
  const database = await engine.create()
  const dataSource = await createDataSource({ ...database.options, entities: [Moment] }).initialize()
  try {
    await dataSource.synchronize()
    const moments = dataSource.getRepository(Moment)
    const dates = instants.map((text) => new Date(text))
    await moments.insert(dates.map((instant, id) => ({ id, instant })))
    const text = engine.name === 'postgres' ? 'instant::text' : 'CAST(instant AS CHAR)'
    const rows = await dataSource.query<{ readonly text: string }[]>(`SELECT ${text} AS text FROM moment ORDER BY id`)
    const found = dates.map(
      async (instant, id) => (await moments.select().where(eq('instant', instant)).first())?.id === id,
    )
    return {
      zone: new Date(0).toString(),
      stored: rows.map(({ text }) => text),
      read: (await moments.find({ order: { id: 'ASC' } })).map(({ instant }) => instant.toISOString()),
      found: await Promise.all(found),
    }
  } finally {
    await dataSource.destroy()
    await database.drop()
  }
}

if (process.env['PLINTH_ZONE_PROBE'] === '1') {
  const reports = await Promise.all(engines.map(async (engine) => [engine.name, await report(engine).catch(String)]))
  process.stdout.write(JSON.stringify(Object.fromEntries(reports)))
}
