import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { createDataSource, idempotencyKeys, type ModelDataSource } from 'plinth'
import { City } from '../../examples/atlas/city.js'
import { Country } from '../../examples/atlas/country.js'
import { worldCountries } from '../../examples/atlas/world.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { describeWithRedis, type PrivateRedis, privateRedis, until } from '../support/redis.js'
import type { AtlasProcessMessage, AtlasProcessOptions } from './support/atlas-process.js'

const program = fileURLToPath(new URL('./support/atlas-process.js', import.meta.url))

interface Row {
  readonly id: string
  readonly name: string
}

/** A process that serves the countries of the atlas. */
class AtlasProcess {
  readonly #child: ChildProcess
  #url = ''

  constructor(options: AtlasProcessOptions) {
    this.#child = fork(program, [JSON.stringify(options)])
  }

  async start(): Promise<this> {
    this.#url = ((await this.#message()) as { readonly url: string }).url
    return this
  }

  /** How often it has asked the database for countries. */
  async reads(): Promise<number> {
    this.#child.send('reads')
    return ((await this.#message()) as { readonly reads: number }).reads
  }

  async list(query = ''): Promise<readonly Row[]> {
    const response = await fetch(`${this.#url}/countries?pageSize=50${query}`)
    expect(response.status).to.equal(200)
    return ((await response.json()) as { readonly data: readonly Row[] }).data
  }

  async read(id: string): Promise<Row> {
    const response = await fetch(`${this.#url}/countries/${id}`)
    expect(response.status).to.equal(200)
    return (await response.json()) as Row
  }

  async rename(id: string, name: string): Promise<void> {
    const response = await fetch(`${this.#url}/countries/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    })
    expect(response.status).to.equal(200)
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }

  async #message(): Promise<AtlasProcessMessage> {
    const [message] = (await once(this.#child, 'message')) as [AtlasProcessMessage]
    return message
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

describeWithRedis('Processes of the atlas that share a Redis', () => {
  describeOnEngines(
    'and a database',
    (engine) => {
      let database: Database
      let dataSource: ModelDataSource
      let redis: PrivateRedis
      let processes: readonly AtlasProcess[] = []
      let ids: readonly string[]

      const start = (count: number, waitLimit: number): Promise<readonly AtlasProcess[]> => {
        const options = { database: database.options, redis: redis.url, waitLimit }
        return Promise.all(Array.from({ length: count }, () => new AtlasProcess(options).start()))
      }
      const readsOf = async (): Promise<number> => sum(await Promise.all(processes.map((one) => one.reads())))
      /** How often all of them have read countries during some work. */
      const readsDuring = async (work: () => Promise<unknown>): Promise<number> => {
        const before = await readsOf()
        await work()
        return (await readsOf()) - before
      }

      before(async function () {
        this.timeout(60_000)
        database = await engine.create()
        dataSource = createDataSource({ ...database.options, entities: [Country, City], tables: [idempotencyKeys] })
        await dataSource.initialize()
        await dataSource.synchronize()
        await dataSource.getRepository(Country).insert(worldCountries().slice(0, 30))
        ids = (await dataSource.getRepository(Country).find()).map(({ id }) => id)
        redis = await privateRedis()
        await redis.start()
        processes = await start(4, 8000)
      })
      after(async () => {
        await Promise.all(processes.map((one) => one.kill()))
        await redis?.stop()
        await dataSource?.destroy()
        await database?.drop()
      })
      it('make an answer once, however many ask all of them at once', async function () {
        this.timeout(60_000)
        const alone = await readsDuring(() => processes[0]!.list('&page=1'))
        expect(alone).to.be.at.least(1)
        for (const fields of ['&fields=id', '&fields=name', '&fields=code']) {
          const together = await readsDuring(async () => {
            const asked = processes.flatMap((one) => Array.from({ length: 25 }, () => one.list(fields)))
            const answers = (await Promise.all(asked)).map((rows) => JSON.stringify(rows))
            expect(new Set(answers).size).to.equal(1)
          })
          expect(together).to.equal(alone)
        }
      })

      it('forget in all of them what one of them has written, before that is answered', async function () {
        this.timeout(60_000)
        for (let round = 0; round < 12; round += 1) {
          const writer = processes[round % 4]!
          const id = ids[round % 3]!
          await Promise.all(processes.flatMap((one) => [one.list(), one.read(id)]))
          const name = `Name ${round}`
          await writer.rename(id, name)
          const found = await Promise.all(
            processes.map(async (one) => {
              const [row, rows] = await Promise.all([one.read(id), one.list()])
              return [row.name, rows.find((each) => each.id === id)?.name]
            }),
          )
          expect(found).to.deep.equal(found.map(() => [name, name]))
        }
        // What nobody has written is still there.
        expect(await readsDuring(() => processes[1]!.list())).to.equal(0)
        expect(await readsDuring(() => processes[2]!.read(ids[2]!))).to.equal(0)
      })

      it('never show what was before a write to whoever asks after it, while all of them read and write', async function () {
        this.timeout(60_000)
        const id = ids[5]!
        const progress = { written: 0 }
        const seen: (readonly [before: number, shown: number])[] = []
        const look = async (one: AtlasProcess): Promise<void> => {
          while (progress.written < 30) {
            const before = progress.written
            seen.push([before, Number(/^Number (\d+)$/.exec((await one.read(id)).name)?.[1] ?? 0)])
          }
        }
        const looking = processes.map(look)
        for (let number = 1; number <= 30; number += 1) {
          await processes[number % 4]!.rename(id, `Number ${number}`)
          progress.written = number
        }
        await Promise.all(looking)
        // Whoever asks may see a write that is not answered yet, and none that is over.
        expect(seen.filter(([before, shown]) => shown < before)).to.deep.equal([])
        expect(seen.length).to.be.at.least(10)
      })

      it('go on where one of them is killed while it makes what the others wait for', async function () {
        this.timeout(60_000)
        const [holder, other] = (await start(2, 300)) as [AtlasProcess, AtlasProcess]
        const waiting = async (): Promise<number> => {
          const rows = await dataSource.query<readonly unknown[]>(
            'SELECT pid FROM pg_locks WHERE NOT granted AND relation = $1::regclass',
            ['countries'],
          )
          return rows.length
        }
        const runner = dataSource.createQueryRunner()
        await runner.startTransaction()
        await runner.query('LOCK TABLE countries IN ACCESS EXCLUSIVE MODE')
        const lost = holder.list('&fields=id,name').then(
          () => 'answered',
          () => 'cut off',
        )
        await until(async () => (await waiting()) > 0)
        const asked = Array.from({ length: 10 }, () => other.list('&fields=id,name'))
        await holder.kill()
        expect(await lost).to.equal('cut off')
        await runner.commitTransaction()
        await runner.release()
        const answers = await Promise.all(asked)
        expect(new Set(answers.map((rows) => rows.length))).to.deep.equal(new Set([30]))
        // And what is written afterwards, while the lease has not ended, is seen everywhere.
        await processes[0]!.rename(ids[9]!, 'After the kill')
        const rows = await other.list('&fields=id,name')
        expect(rows.find(({ id }) => id === ids[9])?.name).to.equal('After the kill')
        await other.kill()
      })

      it('go on without Redis, and see each other’s writes then as well', async function () {
        this.timeout(60_000)
        const [first, second] = processes as [AtlasProcess, AtlasProcess, ...AtlasProcess[]]
        await Promise.all([first.read(ids[0]!), second.read(ids[0]!)])
        await redis.stop()
        await first.rename(ids[0]!, 'Without Redis')
        expect((await second.read(ids[0]!)).name).to.equal('Without Redis')
      })
    },
    ['postgres'],
  )
})
