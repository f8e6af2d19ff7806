import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { MigrationInterface } from 'typeorm'
import {
  createDataSource,
  describeModel,
  ModelDataSource,
  type ModelDataSourceOptions,
  SchemaError,
} from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { hide } from '../../support/hide.js'
import { damages } from './damages.js'
import { Maker, Product } from './shop.js'

const entities = [Maker, Product]
const product = {
  id: '018f3c2e-7d1a-7cc0-8000-000000000001',
  code: 'tea',
  rank: null,
  note: null,
  sign: null,
  settings: {},
  title: 'Tea',
  maker: { id: 1 },
}
const deletedAt = new Date('2024-02-29T12:00:00.000Z')

async function schemaErrorOf(work: Promise<unknown>): Promise<SchemaError> {
  const error: unknown = await work.then(
    // A data source that started after all would keep the process alive.
    (started) => (started instanceof ModelDataSource ? started.destroy() : undefined),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SchemaError)) throw error ?? new Error('Nothing was refused.')
  return error
}

describeOnEngines('The proof of a schema', (engine) => {
  let database: Database
  let directory: string
  let options: ModelDataSourceOptions
  let hand: ModelDataSource

  const start = (more: Partial<ModelDataSourceOptions> = {}) =>
    createDataSource({ ...options, ...more } as ModelDataSourceOptions).initialize()
  const run = async (statements: readonly string[]) => {
    const runner = hand.createQueryRunner()
    for (const statement of statements) await runner.query(statement)
    await runner.release()
  }

  before(async () => {
    database = await engine.create()
    directory = await mkdtemp(join(tmpdir(), 'plinth-'))
    const file = engine.name === 'sqlite' ? { database: join(directory, 'shop.sqlite') } : {}
    options = { ...database.options, ...file, entities } as ModelDataSourceOptions
    hand = await start()
  })

  after(async () => {
    await hand?.destroy()
    await database?.drop()
    if (directory) await rm(directory, { recursive: true, force: true })
  })

  it('leaves an empty database alone, unless it is asked for', async () => {
    await (await start()).destroy()
    const error = await schemaErrorOf(start({ proveSchema: true }))
    expect(error.mistakes.map(({ code }) => code)).to.include('E_SCHEMA_TABLE')
    await run(error.statements)
    await (await start({ proveSchema: true })).destroy()
    expect((await hand.driver.createSchemaBuilder().log()).upQueries).to.deep.equal([])
    await hand.getRepository(Maker).insert({ id: 1, name: 'Ann' })
    await hand.getRepository(Product).insert(product)
    await hide(hand, Product, [product.id], { deletedAt })
  })

  for (const [what, { does, says, asks }] of Object.entries(damages[engine.name])) {
    it(`refuses ${what}, and says how to put it right`, async () => {
      await run(does)
      const error = await schemaErrorOf(start())
      await run(error.statements)
      expect(error.mistakes.map(({ code, problem }) => [code, problem])).to.deep.equal(says)
      expect(new Set(error.mistakes.map(({ subject }) => subject))).to.deep.equal(new Set(['Product']))
      if (asks) expect(error.statements).to.deep.equal(asks)
      for (const statement of error.statements) expect(error.message).to.include(`  ${statement};`)
      await (await start()).destroy()
      if (what === 'a table that is missing') return
      const row = await hand.getRepository(Product).unscoped().findOneByOrFail({ id: product.id })
      expect(row).to.deep.include({ code: 'tea', weight: 7, deletedAt, isDeleted: true })
    })
  }

  it('tells everything at once, with the declarations it stems from', async () => {
    const name = engine.name === 'mariadb' ? '`product`' : '"product"'
    const index = engine.name === 'mariadb' ? '`IDX_a355a3033f762c8c69ea9c9285`' : '"IDX_a355a3033f762c8c69ea9c9285"'
    const other = index.replace('a355a3033f762c8c69ea9c9285', '6b71c587b0fd3855fa23b759ca')
    const of = engine.name === 'mariadb' ? ` ON ${name}` : ''
    await run([`DROP INDEX ${index}${of}`, `DROP INDEX ${other}${of}`])
    const { mistakes, message, statements } = await schemaErrorOf(start())
    const { traits } = describeModel(hand.registry.model(Product))
    const placeOf = (trait: string) => `@${trait} at ${traits.find(({ name: found }) => found === trait)?.place}`
    expect(mistakes.map(({ code, problem, places }) => [code, problem, ...places])).to.deep.equal([
      ['E_SCHEMA_INDEX', 'the table "product" has no index over "weight".', placeOf('Listed')],
      ['E_SCHEMA_INDEX', 'the table "product" has no index over "createdAt".', placeOf('Timestamps')],
    ])
    expect(message.split('\n').slice(0, 5)).to.deep.equal([
      'Product: the table "product" has no index over "weight".',
      `  ${placeOf('Listed')}`,
      'Run, or write as a migration:',
      `  ${statements[0]};`,
      '[E_SCHEMA_INDEX]',
    ])
    await run(statements)
  })

  it('asks nothing of what models know nothing of, nor of the names of indexes', async () => {
    const quoted = (sql: string) => (engine.name === 'mariadb' ? sql.replaceAll('"', '`') : sql)
    await run(
      [
        'ALTER TABLE "product" ADD "legacy" integer NULL',
        'CREATE INDEX "legacy_index" ON "product" ("legacy")',
        `DROP INDEX "IDX_a355a3033f762c8c69ea9c9285"${engine.name === 'mariadb' ? ' ON "product"' : ''}`,
        'CREATE INDEX "weights" ON "product" ("weight")',
        'CREATE TABLE "legacy" ("id" integer)',
      ].map(quoted),
    )
    await (await start({ proveSchema: true })).destroy()
  })

  it('prints what is missing where it is to warn, and is silent where it is switched off', async () => {
    const drop = engine.name === 'mariadb' ? 'DROP INDEX `weights` ON `product`' : 'DROP INDEX "weights"'
    await run([drop])
    const printed: unknown[] = []
    const { warn } = console
    console.warn = (...given: unknown[]) => printed.push(...given)
    try {
      await (await start({ proveSchema: 'warn' })).destroy()
      expect(printed).to.deep.equal([(await schemaErrorOf(start())).message])
      await (await start({ proveSchema: false })).destroy()
      expect(printed).to.have.length(1)
    } finally {
      console.warn = warn
    }
  })

  it('names migrations that have not run, runs after those that run at a start, and lets TypeORM have its way', async () => {
    const [statement] = (await schemaErrorOf(hand.proveSchema())).statements
    class Weights1700000000000 implements MigrationInterface {
      async up(runner: Parameters<MigrationInterface['up']>[0]): Promise<void> {
        await runner.query(statement!)
      }

      async down(): Promise<void> {}
    }
    const migrations = [Weights1700000000000]
    const { mistakes } = await schemaErrorOf(start({ migrations }))
    expect(mistakes.map(({ code }) => code)).to.deep.equal(['E_SCHEMA_MIGRATIONS', 'E_SCHEMA_INDEX'])
    expect(mistakes[0]?.problem).to.equal('a migration has not run: Weights1700000000000.')
    const tool = createDataSource({ ...options, migrations })
    tool.setOptions({ synchronize: false, migrationsRun: false })
    await (await tool.initialize()).destroy()
    await (await start({ migrations, migrationsRun: true })).destroy()
    await (await start({ migrations })).destroy()
  })

  it('leaves a data source closed that it refuses to start', async () => {
    const refused = createDataSource(options)
    const drop = engine.name === 'mariadb' ? 'DROP TABLE `product`' : 'DROP TABLE "product"'
    await run([drop])
    await schemaErrorOf(refused.initialize())
    expect(refused.isInitialized).to.equal(false)
  })

  if (engine.name === 'mariadb') {
    it('refuses sessions that would cut values', async () => {
      await run((await schemaErrorOf(hand.proveSchema())).statements)
      await hand.atomic(async () => {
        await hand.query("SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION'")
        const { mistakes } = await schemaErrorOf(hand.proveSchema())
        expect(mistakes.map(({ code, problem, statements }) => [code, problem, ...statements])).to.deep.equal([
          [
            'E_SCHEMA_SESSION',
            'sql_mode is "NO_ENGINE_SUBSTITUTION", so that values that do not fit their column are cut and stored.',
            "SET GLOBAL sql_mode = CONCAT_WS(',', NULLIF(@@GLOBAL.sql_mode, ''), 'STRICT_TRANS_TABLES')",
          ],
        ])
        await hand.query("SET SESSION sql_mode = CONCAT_WS(',', NULLIF(@@SESSION.sql_mode, ''), 'STRICT_TRANS_TABLES')")
        await hand.proveSchema()
        await hand.query('SET SESSION sql_mode = @@GLOBAL.sql_mode')
      })
    })
  }
})
