import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createDataSource, type ModelDataSource, orderingOf } from 'plinth'
import { Sluggable, type Slugged, type SoftDeletable, SoftDelete, type UuidIdentified, UuidPk } from 'plinth/decorators'
import { Column, Entity, Index, type MigrationInterface, PrimaryGeneratedColumn, type QueryRunner } from 'typeorm'

interface Parcel extends UuidIdentified, SoftDeletable, Slugged {}
@UuidPk()
@SoftDelete()
@Sluggable({ from: 'name', within: ['depot'] })
@Entity()
class Parcel {
  @Column({ type: 'varchar', length: 40 })
  @Index('parcel_name')
  name!: string

  @Column({ type: 'int' })
  depot!: number
}

/** All rows are visible: an index of its own condition is not about them. */
@Entity()
@Index('crate_heavy', ['weight'], { where: 'weight > 100' })
class Crate {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'int' })
  weight!: number
}

/** The statements that make the tables, once they are known. */
const statements: string[] = []

class MakeTables implements MigrationInterface {
  readonly name = 'MakeTables1700000000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement)
  }

  async down(): Promise<void> {}
}

type Options = Partial<Parameters<typeof createDataSource>[0]>

/** How a page by name is read. */
async function planOf(dataSource: ModelDataSource): Promise<readonly string[]> {
  const page = dataSource
    .getRepository(Parcel)
    .select()
    .orderBy(orderingOf(['name']))
    .slice(0, 20)
  const [sql, parameters] = page.queryBuilder().getQueryAndParameters()
  const steps: readonly { readonly detail: string }[] = await dataSource.query(`EXPLAIN QUERY PLAN ${sql}`, parameters)
  return steps.map(({ detail }) => detail)
}
const told = async (dataSource: ModelDataSource): Promise<readonly string[]> => {
  const known: readonly unknown[] = await dataSource.query("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'")
  if (known.length === 0) return []
  const rows: readonly { readonly told: string }[] = await dataSource.query(
    "SELECT tbl || ': ' || stat AS told FROM sqlite_stat1 WHERE idx LIKE 'IDX%' OR idx LIKE 'crate%' ORDER BY 1",
  )
  return rows.map((row) => row.told)
}
describe('Statistics that SQLite has not made', () => {
  let folder: string
  let database: string
  const open: ModelDataSource[] = []

  const made = (options: Options = {}) => {
    const dataSource = createDataSource({
      type: 'sqlite',
      database,
      synchronize: true,
      entities: [Parcel, Crate],
      ...options,
    } as never)
    open.push(dataSource)
    return dataSource
  }
  const started = (options?: Options) => made(options).initialize()
  const close = async (): Promise<void> => {
    for (const one of open.splice(0)) if (one.isInitialized) await one.destroy()
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-statistics-'))
    database = join(folder, 'parcels.sqlite')
  })
  afterEach(async () => {
    await close()
    await rm(folder, { recursive: true, force: true })
  })

  const byName = ['SCAN Parcel USING INDEX parcel_name', 'USE TEMP B-TREE FOR RIGHT PART OF ORDER BY']

  const assumed = ['parcel: 1048576 10 1']

  it('are assumed of indexes over visible rows, so that a list follows the index of its order', async () => {
    const dataSource = await started()
    expect(await told(dataSource)).to.deep.equal(assumed)
    expect(await planOf(dataSource)).to.deep.equal(byName)
    const rows = Array.from({ length: 300 }, (_, index) => ({ name: `Parcel ${index}`, depot: index % 5 }))
    await dataSource.getRepository(Parcel).insert(rows)
    expect(await planOf(dataSource)).to.deep.equal(byName)
    await close()
    expect(await planOf(await started())).to.deep.equal(byName)
  })

  it('are not assumed where nobody wants it, and SQLite sorts all visible rows', async () => {
    const dataSource = await started({ assumeStatistics: false })
    expect(await told(dataSource)).to.deep.equal([])
    const [search, sort] = await planOf(dataSource)
    expect(search).to.match(/^SCAN Parcel USING INDEX IDX_/)
    expect(sort).to.equal('USE TEMP B-TREE FOR ORDER BY')
  })

  it('are assumed once the tables are made, by whatever makes them', async () => {
    const bySchema = made({ synchronize: false, database: ':memory:' })
    await bySchema.initialize()
    expect(await told(bySchema)).to.deep.equal([])
    const { upQueries } = await bySchema.driver.createSchemaBuilder().log()
    statements.push(...upQueries.map(({ query }) => query).filter((query) => query.startsWith('CREATE')))
    await bySchema.synchronize()
    expect(await told(bySchema)).to.deep.equal(assumed)
    const byMigration = await started({ synchronize: false, database: ':memory:', migrations: [MakeTables] })
    await byMigration.runMigrations()
    expect(await told(byMigration)).to.deep.equal(assumed)
  })

  it('give way to those that SQLite makes', async () => {
    const dataSource = await started()
    await dataSource.getRepository(Parcel).insert([1, 2, 3].map((depot) => ({ name: 'Parcel', depot })))
    await dataSource.query('ANALYZE')
    const counted = ['parcel: 3 1 1']
    expect(await told(dataSource)).to.deep.equal(counted)
    await dataSource.synchronize()
    expect(await told(dataSource)).to.deep.equal(counted)
  })

  it('are assumed of a new index as of a table whose rows are known', async () => {
    const dataSource = await started()
    await dataSource.getRepository(Parcel).insert([1, 2, 3].map((depot) => ({ name: 'Parcel', depot })))
    await dataSource.query('ANALYZE')
    const [index]: readonly { readonly idx: string }[] = await dataSource.query(
      "SELECT idx FROM sqlite_stat1 WHERE idx LIKE 'IDX%' AND tbl = 'parcel'",
    )
    await dataSource.query(`DROP INDEX "${index!.idx}"`)
    await dataSource.synchronize()
    expect(await told(dataSource)).to.deep.equal(['parcel: 3 10 1'])
  })

  it('are not written where the database is only read', async () => {
    await started({ assumeStatistics: false, enableWAL: false })
    await close()
    const before = await readFile(database)
    const dataSource = await started({ readonly: true, synchronize: false })
    expect(await told(dataSource)).to.deep.equal([])
    await close()
    expect(before.equals(await readFile(database))).to.equal(true)
  })

  it('are left to the next start where somebody else is writing', async () => {
    await started({ assumeStatistics: false })
    const writer = await started({ assumeStatistics: false })
    await writer.query('BEGIN IMMEDIATE')
    // Whoever waited for the writer would wait for ever: it is the same process.
    const dataSource = await started({ synchronize: false })
    expect(await told(dataSource)).to.deep.equal([])
    expect(await dataSource.query('PRAGMA busy_timeout')).to.deep.equal([{ timeout: 5000 }])
    await writer.query('COMMIT')
    expect(await told(await started({ synchronize: false }))).to.deep.equal(assumed)
  })
})
