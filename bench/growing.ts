import { createDataSource, type ModelDataSource } from 'plinth'
import { Sluggable, type Slugged } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { booted } from './booting.js'
import { contextOf } from './contenders/check.js'
import { contenders } from './contenders/contender.js'
import { sqliteDatabases } from './contenders/databases.js'
import { Running } from './contenders/running.js'
import { Numbered, Placed } from './ordered-rows.js'
import { linePlot, type Series } from './plots.js'
import { circumstances, keep, table } from './results.js'
import { median } from './statistics.js'

@Entity()
@Sluggable({ from: 'title' })
class Titled {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 20 }) title!: string
}
interface Titled extends Slugged {}

/** Numbers that should not grow with something, at some of its sizes. */
interface Growth {
  readonly name: string
  readonly unit: string
  readonly sizes: readonly number[]
  readonly series: readonly Series[]
}

/** Shows how costs grow with rows, viewsets, lists and equal slugs, on SQLite; keeps a table and plots. */
export async function growthSection({ long }: { readonly long: boolean }): Promise<void> {
  const sizes = (...given: readonly number[]) => given.slice(0, long ? given.length : given.length - 1)
  const growths = [
    ...(await viewSetGrowth(long ? 5 : 3)),
    await pageGrowth(sizes(1000, 10_000, 100_000, 1_000_000)),
    await listGrowth(sizes(100, 1000, 10_000, 100_000)),
    await slugGrowth(sizes(10, 100, 1000, 10_000)),
  ]
  const parts = growths.map(({ name, unit, sizes, series }) => {
    const rows = series.map(({ name, values }) => [name, ...values.map((value) => value?.toFixed(1) ?? '–')])
    return `## ${name} (${unit})\n\n${table(['', ...sizes.map((size) => size.toLocaleString('en'))], rows)}`
  })
  await keep(
    'growth.md',
    `# How costs grow, on SQLite\n\n${circumstances()}. Processor time; medians.\n\n${parts.join('\n\n')}\n`,
  )
  for (const [index, { name, unit, sizes, series }] of growths.entries()) {
    await keep(`growth-${index + 1}.svg`, linePlot(`${name} (${unit})`, sizes, series))
  }
}

async function viewSetGrowth(runs: number): Promise<readonly Growth[]> {
  const sizes = [10, 100, 500]
  const [own, alone] = [[], []] as [Awaited<ReturnType<typeof booted>>[], Awaited<ReturnType<typeof booted>>[]]
  for (const size of sizes) {
    own.push(await booted('plinth', size, runs))
    alone.push(await booted('alone', size, runs))
  }
  const both = (pick: (one: (typeof own)[number]) => number): readonly Series[] => [
    { name: 'plinth', values: own.map(pick) },
    { name: 'TypeORM and routing-controllers', values: alone.map(pick) },
  ]
  return [
    { name: 'Start, by the number of viewsets', unit: 'ms', sizes, series: both(({ boot }) => boot) },
    { name: 'One small request, by the number of viewsets', unit: 'us', sizes, series: both(({ request }) => request) },
  ]
}

const paths: Readonly<Record<string, (cursor: string) => string>> = {
  'first page': () => '/articles?pageSize=20',
  'page behind a cursor': (cursor) => `/cursor?pageSize=20&cursor=${cursor}`,
  'one row': () => '/articles/00000000-0000-7000-8000-000000000001',
}

async function pageGrowth(sizes: readonly number[]): Promise<Growth> {
  const values = new Map(Object.keys(paths).map((name): [string, number[]] => [name, []]))
  for (const size of sizes) {
    const databases = await sqliteDatabases(size)
    const running = await Running.start(contenders.find(({ name }) => name === 'plinth')!, await databases.make(), 1)
    const { cursor } = await contextOf(running)
    for (const [name, pathOf] of Object.entries(paths)) {
      values.get(name)!.push(await costOf(running, pathOf(cursor)))
    }
    await running.stop()
    await databases.drop()
  }
  const series = [...values].map(([name, numbers]) => ({ name, values: numbers }))
  return { name: 'A page of 20, by the number of rows', unit: 'us', sizes, series }
}

async function costOf(running: Running, path: string): Promise<number> {
  const samples: number[] = []
  for (let round = 0; round < 7; round += 1) {
    const before = await running.usage()
    for (let call = 0; call < 40; call += 1) {
      const { status } = await running.send({ method: 'GET', path })
      if (status !== 200) throw new Error(`${path} is answered ${status}.`)
    }
    samples.push(((await running.usage()).spent - before.spent) / 40)
  }
  return median(samples.slice(2))
}

async function listGrowth(sizes: readonly number[]): Promise<Growth> {
  const [numbered, placed]: [number[], number[]] = [[], []]
  for (const size of sizes) {
    const dataSource = await opened()
    const rows = Array.from({ length: size }, (_, index) => ({ title: `${index}` }))
    const [positions, ranks] = [dataSource.getRepository(Numbered), dataSource.getRepository(Placed)]
    await positions.insert(rows.map((row) => ({ ...row })))
    await ranks.insert(rows.map((row) => ({ ...row })))
    const last = Array.from({ length: 9 }, (_, index) => size - index)
    numbered.push(await spentOn(last.map((id) => () => positions.moveToTop(id))))
    placed.push(await spentOn(last.map((id) => () => ranks.moveToTop(id))))
    await dataSource.destroy()
  }
  const series = [
    { name: 'Orderable: dense positions', values: numbered },
    { name: 'Ranked', values: placed },
  ]
  return { name: 'Bring the last row of a list to its top, by its length', unit: 'us', sizes, series }
}

async function slugGrowth(sizes: readonly number[]): Promise<Growth> {
  const values: number[] = []
  for (const size of sizes) {
    const dataSource = await opened()
    const rows = dataSource.getRepository(Titled)
    await rows.insert(Array.from({ length: size }, () => ({ title: 'the same' })))
    values.push(await spentOn(Array.from({ length: 15 }, () => () => rows.insert({ title: 'the same' }))))
    await dataSource.destroy()
  }
  return {
    name: 'Insert a row whose title others have, by their number',
    unit: 'us',
    sizes,
    series: [{ name: 'Sluggable', values }],
  }
}

const opened = (): Promise<ModelDataSource> =>
  createDataSource({
    type: 'sqlite',
    database: ':memory:',
    synchronize: true,
    entities: [Numbered, Placed, Titled],
  }).initialize()

async function spentOn(works: readonly (() => Promise<unknown>)[]): Promise<number> {
  const samples: number[] = []
  for (const work of works) {
    const start = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(start)
    samples.push(user + system)
  }
  return median(samples)
}
