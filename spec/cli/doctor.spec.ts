import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createDataSource, type EngineOptions, type ModelDataSource } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { root } from '../support/sources.js'
import { Chart } from './clinic.js'

interface Ended {
  readonly code: number
  readonly output: string
  readonly errors: string
}

const clinic = join(root, 'dist/spec/cli/clinic.js')

function plinth(words: readonly string[], database: object = {}): Promise<Ended> {
  const env = { ...process.env, PLINTH_CLINIC: JSON.stringify(database) }
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'dist/cli/plinth.js'), ...words], { env }, (error, output, errors) => {
      resolve({ code: error ? Number(error.code) : 0, output, errors })
    })
  })
}

describeOnEngines('plinth doctor', (engine) => {
  let database: Database
  let options: EngineOptions
  let dataSource: ModelDataSource
  let folder: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-'))
    database = await engine.create()
    const own = engine.name === 'sqlite' ? { database: join(folder, 'clinic.sqlite') } : {}
    options = { ...database.options, ...own }
    dataSource = await createDataSource({ ...options, entities: [Chart] }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
    if (folder) await rm(folder, { recursive: true })
  })
  beforeEach(() => dataSource.synchronize(true))

  const doctor = (...words: readonly string[]) => plinth(['doctor', clinic, ...words], options)
  const dropIndex = async () => {
    const { name } = dataSource.getMetadata(Chart).indices.find(({ isUnique }) => isUnique)!
    await dataSource.query(
      `DROP INDEX ${dataSource.driver.escape(name)}${engine.name === 'mariadb' ? ' ON chart' : ''}`,
    )
  }

  it('ends with 0 where all is well', async () => {
    expect(await doctor()).to.deep.equal({
      code: 0,
      output: 'The schema is what the models need.\n\nNo stored row breaks what the models promise.\n',
      errors: '',
    })
    const { code, output } = await doctor('--export', 'made', '--json')
    expect([code, JSON.parse(output)]).to.deep.equal([0, { schema: [], statements: [], rows: [] }])
    expect((await doctor('--export', 'application')).code).to.equal(0)
  })

  it('prints the statements that put the schema right, and the rows that keep them from it', async () => {
    await dropIndex()
    for (const id of [1, 2]) await dataSource.getRepository(Chart).insert({ id, title: `t${id}` })
    await dataSource.query("UPDATE chart SET slug = 'same'")
    const { code, output, errors } = await doctor('--json')
    expect([code, errors]).to.deep.equal([1, ''])
    const { schema, statements, rows } = JSON.parse(output)
    expect(schema.map((mistake: { code: string }) => mistake.code)).to.deep.equal(['E_SCHEMA_INDEX'])
    expect(rows).to.have.length(1)
    expect(rows[0]).to.deep.include({ entity: 'Chart', count: 2, ids: [1, 2] })
    expect((await doctor('--export', 'application', '--json')).output).to.equal(output)
    const text = await doctor()
    expect(text.code).to.equal(1)
    expect(text.output).to.include('The database lacks something that the models need.')
    expect(text.output).to.include('2 Chart has the same slug as another visible row, and must not: 1, 2\n')
    expect(text.output).to.include(`  ${statements[0]};\n`)
    await dataSource.query('DELETE FROM chart')
    for (const statement of statements) await dataSource.query(statement)
    expect((await doctor()).code).to.equal(0)
  })

  it('changes nothing, whatever the application does at its start', async () => {
    await dataSource.dropDatabase()
    const { code, output } = await doctor('--json')
    expect([code, JSON.parse(output).schema.map((mistake: { code: string }) => mistake.code)[0]]).to.deep.equal([
      1,
      'E_SCHEMA_TABLE',
    ])
    expect((await doctor()).code).to.equal(1)
  })

  it('tells what a start has found that a module makes itself', async () => {
    expect((await doctor('--export', 'started')).code).to.equal(0)
    await dropIndex()
    const { code, output } = await doctor('--export', 'started')
    expect(code).to.equal(1)
    expect(output).to.include('[E_SCHEMA_INDEX]').and.include('The rows were not looked at')
  })
})

describe('plinth', () => {
  const refused: Readonly<Record<string, readonly [words: readonly string[], says: string]>> = {
    'no such command': [['frobnicate'], 'There is no command "frobnicate".'],
    'no module': [['doctor'], 'Name one module that exports a data source'],
    'too many modules': [['doctor', 'a.js', 'b.js'], 'Name one module'],
    'a module that is not there': [['doctor', './no-such.js'], 'There is no module "./no-such.js".'],
    'an export that is none': [['doctor', clinic, '--export', 'nothing'], 'exports no data source as nothing'],
    'an export that fails': [
      ['doctor', clinic, '--export', 'broken'],
      'The exported function failed: no configuration',
    ],
    'an unknown option': [['doctor', clinic, '--verbose'], "Unknown option '--verbose'"],
  }
  for (const [what, [words, says]] of Object.entries(refused)) {
    it(`ends with 2 for ${what}`, async () => {
      const { code, output, errors } = await plinth(words)
      expect([code, output]).to.deep.equal([2, ''])
      expect(errors).to.include(says)
    })
  }

  it('ends with 2 where there is no database', async () => {
    const { code, errors } = await plinth(['doctor', clinic], { type: 'postgres', host: '127.0.0.1', port: 1 })
    expect(code).to.equal(2)
    expect(errors).to.include('The data source could not be started')
  })

  it('tells how it is used', async () => {
    expect((await plinth([])).output).to.include('plinth doctor <module>')
    expect((await plinth(['doctor', '--help'])).output).to.include('--export')
  })
})
