import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { createDataSource } from '../../src/index.js'
import { installedSqliteDriver } from '../../src/orm/sqlite-driver.js'
import { describeOnEngines } from '../support/engines.js'
import { instants, type ZoneReport } from '../support/time-zone-probe.js'

const run = promisify(execFile)
const probe = fileURLToPath(new URL('../support/time-zone-probe.js', import.meta.url))

let reports: Promise<Readonly<Record<string, ZoneReport>>> | undefined

/** One process for all engines. */
function elsewhere(): Promise<Readonly<Record<string, ZoneReport>>> {
  const env = { ...process.env, TZ: 'America/New_York', PLINTH_ZONE_PROBE: '1' }
  reports ??= run(process.execPath, [probe], { env }).then(({ stdout }) => JSON.parse(stdout))
  return reports
}

describeOnEngines('Instants', (engine) => {
  it('are the same in a process of another time zone', async () => {
    const report = (await elsewhere())[engine.name]
    const suffix = engine.name === 'postgres' ? '+00' : ''
    expect(report).to.deep.equal({
      zone: 'Wed Dec 31 1969 19:00:00 GMT-0500 (Eastern Standard Time)',
      stored: instants.map((text) => text.replace('T', ' ').replace('Z', suffix)),
      read: instants,
      found: instants.map(() => true),
    })
  })
})

describe('SQLite by its short name', () => {
  it('takes the driver that is installed; files are in WAL mode, wait for locks and check references', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-'))
    const dataSource = createDataSource({ type: 'sqlite', database: join(folder, 'data.sqlite'), entities: [] })
    try {
      await dataSource.initialize()
      const pragma = async (name: string) =>
        Object.values((await dataSource.query<object[]>(`PRAGMA ${name}`))[0] ?? {})[0]
      expect(dataSource.options.type).to.equal('better-sqlite3')
      expect(await pragma('journal_mode')).to.equal('wal')
      expect(await pragma('foreign_keys')).to.equal(1)
      expect(await pragma('busy_timeout')).to.be.greaterThan(0)
    } finally {
      if (dataSource.isInitialized) await dataSource.destroy()
      await rm(folder, { recursive: true })
    }
  })

  it('says what to install where there is no driver', () => {
    expect(() => installedSqliteDriver([createRequire(join(tmpdir(), 'nothing.js'))])).to.throw(
      'SQLite needs a driver, and none is installed. Run: npm install libsql (or better-sqlite3).',
    )
  })

  it('works in memory', async () => {
    const dataSource = await createDataSource({ type: 'sqlite', database: ':memory:', entities: [] }).initialize()
    expect(await dataSource.query('SELECT 1 AS one')).to.deep.equal([{ one: 1 }])
    await dataSource.destroy()
  })
})

describeOnEngines('A session', (engine) => {
  if (engine.name !== 'postgres') return

  it('is in UTC, and keeps the settings it was given', async () => {
    const database = await engine.create()
    const dataSource = await createDataSource({ ...database.options, entities: [] }).initialize()
    expect(await dataSource.query('SHOW TimeZone')).to.deep.equal([{ TimeZone: 'UTC' }])
    expect((await dataSource.query<{ search_path: string }[]>('SHOW search_path'))[0]?.search_path).to.match(/^plinth_/)
    await dataSource.destroy()
    await database.drop()
  })
})
