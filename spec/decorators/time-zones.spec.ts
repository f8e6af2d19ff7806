import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import type { EngineOptions, ModelDataSource } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { lookAtTasks, moments, openTasks, type ZoneAnswer } from '../support/time-zone-writer.js'

const run = promisify(execFile)
const writer = fileURLToPath(new URL('../support/time-zone-writer.js', import.meta.url))

const ids = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describeOnEngines('Instants of traits, written by processes in several time zones', (engine) => {
  let database: Database
  let folder: string
  let options: EngineOptions
  let dataSource: ModelDataSource
  const answers: ZoneAnswer[] = []

  before(async () => {
    database = await engine.create()
    folder = await mkdtemp(join(tmpdir(), 'plinth-'))
    const shared = engine.name === 'sqlite' ? { database: join(folder, 'tasks.sqlite') } : {}
    options = { ...database.options, ...shared }
    dataSource = await openTasks(options, { now: () => new Date(moments[3]) })
    await dataSource.synchronize()
    for (const [index, zone] of ['America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati'].entries()) {
      const env = { ...process.env, TZ: zone, PLINTH_ZONE_WRITER: JSON.stringify({ options, id: index + 1 }) }
      const { stdout } = await run(process.execPath, [writer], { env })
      answers.push(JSON.parse(stdout) as ZoneAnswer)
    }
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
    if (folder) await rm(folder, { recursive: true })
  })

  const row = { createdAt: moments[0], doneAt: moments[1], updatedAt: moments[2], deletedAt: moments[2] }
  const rows = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [index + 1, row]))

  it('are the same for each of them, as it wrote them and as others before it did', () => {
    expect(answers).to.deep.equal(
      [240, -330, -840].map((offset, index) => ({
        offset,
        rows: rows(index + 1),
        found: [ids(index + 1), ids(index + 1)],
      })),
    )
  })

  it('are the same here, and stored in UTC', async () => {
    expect(await lookAtTasks(dataSource)).to.deep.include({ rows: rows(3), found: [ids(3), ids(3)] })
    const { driver } = dataSource
    const text = engine.name === 'postgres' ? `"updatedAt"::text` : `CAST(${driver.escape('updatedAt')} AS CHAR)`
    const stored = await dataSource.query<{ readonly text: string }[]>(`SELECT DISTINCT ${text} AS text FROM task`)
    const zone = engine.name === 'postgres' ? '+00' : ''
    expect(stored.map(({ text }) => text)).to.deep.equal([`2024-11-03 06:30:00.456${zone}`])
  })
})
