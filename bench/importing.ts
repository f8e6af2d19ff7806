import { createDataSource, type EngineOptions } from 'plinth'
import { DataSource } from 'typeorm'
import { type Engine, engines } from '../spec/support/engines.js'
import { batches, citiesBySize, ListedCity, plainCity } from './listed-cities.js'

interface Cost {
  /** Of this process, in milliseconds. */
  readonly processor: number
  /** That of the database is in it, and whatever else the machine does meanwhile. */
  readonly wall: number
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const start = process.hrtime.bigint()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return { processor: (user + system) / 1000, wall: Number(process.hrtime.bigint() - start) / 1e6 }
}

/** Runs work in a new database, and gets rid of it. */
async function inDatabase<T>(engine: Engine, work: (options: EngineOptions) => Promise<T>): Promise<T> {
  const database = await engine.create()
  try {
    return await work(database.options)
  } finally {
    await database.drop()
  }
}

/** Stores cities through their traits, in one unit of work. @returns what it cost, and the rows that are stored. */
function throughTraits(engine: Engine, rows: typeof citiesBySize) {
  return inDatabase(engine, async (options) => {
    const dataSource = await createDataSource({ ...options, entities: [ListedCity], synchronize: true }).initialize()
    const repository = dataSource.getRepository(ListedCity)
    const given = batches(rows.map((row) => ({ ...row })))
    const cost = await costOf(() =>
      dataSource.atomic(async () => {
        for (const batch of given) await repository.insert(batch)
      }),
    )
    const finished = await repository.find()
    await dataSource.destroy()
    return { cost, finished }
  })
}

/** Stores the finished rows with TypeORM alone, in one transaction. */
function bare(engine: Engine, finished: readonly ListedCity[]): Promise<Cost> {
  return inDatabase(engine, async (options) => {
    const schema = plainCity(engine.name)
    const dataSource = await new DataSource({ ...options, entities: [schema], synchronize: true }).initialize()
    const cost = await costOf(() =>
      dataSource.transaction(async (manager) => {
        for (const batch of batches(finished)) await manager.insert(schema, batch)
      }),
    )
    await dataSource.destroy()
    return cost
  })
}

async function compared(engine: Engine, most: number): Promise<string> {
  // What is compiled on the way is not compared.
  const { finished: some } = await throughTraits(engine, citiesBySize.slice(0, 5_000))
  await bare(engine, some)
  const { cost, finished } = await throughTraits(engine, citiesBySize.slice(0, most))
  const plain = await bare(engine, finished)
  const columns = (['processor', 'wall'] as const).map(
    (kind) => `${kind} ${cost[kind].toFixed(0)} ms, ${(cost[kind] / plain[kind]).toFixed(2)} x`,
  )
  return `  ${engine.name.padEnd(10)}${columns.join('; ')}`
}

/**
 * Compares storing all cities of the atlas through their traits with an INSERT of the same finished rows by TypeORM, on
 * every engine that can be reached, by the processor time of this process and by the time that passes.
 * @param most how many cities, the largest first; all unless told.
 */
export async function importReport(most = citiesBySize.length): Promise<string> {
  const lines: string[] = []
  for (const engine of engines) {
    const line = await compared(engine, most).catch((error: Error) => `  ${engine.name.padEnd(10)}${error.message}`)
    lines.push(line)
  }
  return [`Store ${most} cities through their traits, against the finished rows by TypeORM`, ...lines].join('\n')
}
