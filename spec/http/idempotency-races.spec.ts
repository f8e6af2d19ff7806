import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { idempotencyKeys, type ModelDataSource } from 'plinth'
import { type Database, describeOnEngines } from '../support/engines.js'
import { Order, ordersOver } from './support/orders.js'

/** How many times as many processes are killed as every day. */
const often = Number(process.env['PLINTH_FUZZ_RUNS'] ?? 1)

const program = new URL('./support/orders-server.js', import.meta.url).pathname

/** A process that serves orders. */
class OrdersProcess {
  readonly #child: ChildProcess
  readonly #port: Promise<string>

  constructor(options: Database['options']) {
    const env = { ...process.env, ORDERS_DATABASE: JSON.stringify({ ...options, driver: undefined }) }
    this.#child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#port = once(this.#child.stdout!, 'data').then(([text]) => String(text).trim())
  }

  async post(name: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${await this.#port}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `"${name}"`, ...headers },
      body: JSON.stringify({ name }),
    })
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}

describeOnEngines('A request with an Idempotency-Key', (engine) => {
  let database: Database
  let options: Database['options']
  let folder: string
  let observer: ModelDataSource

  before(async () => {
    database = await engine.create()
    folder = await mkdtemp(join(tmpdir(), 'orders-'))
    const file = engine.name === 'sqlite' ? { database: join(folder, 'orders.sqlite') } : {}
    options = { ...database.options, ...file }
    observer = await ordersOver(options).initialize()
    await observer.synchronize()
  })

  after(async () => {
    await observer?.destroy()
    await database?.drop()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  const kept = async () => {
    const sql = `SELECT answer FROM ${observer.driver.escape(idempotencyKeys.name)}`
    const rows = await observer.query<readonly { readonly answer: string | null }[]>(sql)
    expect(rows.filter(({ answer }) => answer === null)).to.deep.equal([])
    return rows.length
  }

  it('and its row stand or fall together, whenever the process is killed', async function () {
    this.timeout(60_000 * often)
    let serving = new OrdersProcess(options)
    let next = new OrdersProcess(options)
    try {
      for (let round = 0; round < 6 * often; round++) {
        const when = ['after', 'before', 'turns 0', `turns ${round}`][round % 4]!
        const name = `killed ${round}`
        const [keys, orders] = [await kept(), await observer.getRepository(Order).count()]
        const answered = await serving.post(name, { 'x-die': when }).then(
          ({ status }) => status,
          () => 'nothing',
        )
        // It may have answered in its last moment.
        if (!when.startsWith('turns')) expect(answered).to.equal('nothing')
        await serving.kill()
        const made = (await observer.getRepository(Order).count()) - orders
        if (answered === 201 || when === 'after') expect(made).to.equal(1)
        if (when === 'before') expect(made).to.equal(0)
        expect((await kept()) - keys).to.equal(made)

        ;[serving, next] = [next, new OrdersProcess(options)]
        const { status, headers } = await serving.post(name)
        expect([status, headers.get('idempotency-replayed')]).to.deep.equal([201, made === 1 ? 'true' : null])
        expect(await observer.getRepository(Order).countBy({ name })).to.equal(1)
      }
    } finally {
      await Promise.all([serving.kill(), next.kill()])
    }
  })
})
