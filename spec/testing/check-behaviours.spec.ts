import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import {
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from '../../decorators/index.js'
import { type CanPublish, Publishable } from '../../examples/traits/publishable.js'
import { type BelongsToTenant, Tenanted, tenant } from '../../examples/traits/tenanted.js'
import { type HasVersion, Versioned } from '../../examples/traits/versioned.js'
import {
  type Adds,
  type AnyClass,
  column,
  contextVariable,
  createDataSource,
  defineTrait,
  eq,
  isNull,
  type ModelDataSource,
} from '../../src/index.js'
import { type BehaviourOptions, checkBehaviours } from '../../testing/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

const Slugged = defineTrait({
  name: 'Slugged',
  defaults: {},
  columns: () => ({ slug: column.string({ length: 20, writable: true }) }),
  indexes: () => [{ properties: ['slug'], unique: 'visible' }],
})

@Entity()
@UuidPk()
@Timestamps()
@SoftDelete()
@Slugged()
class Note {
  @Column({ type: 'varchar', length: 20, nullable: true })
  text!: string | null
}
interface Note extends UuidIdentified, Timestamped, SoftDeletable, Adds<typeof Slugged> {}

@Entity()
@UuidPk()
@Publishable()
@Tenanted()
@Versioned()
@SoftDelete()
class Paper {
  @Column({ type: 'varchar', length: 20 })
  title!: string
}
interface Paper extends UuidIdentified, CanPublish, BelongsToTenant, HasVersion, SoftDeletable {}

/** Hides nothing: its scope looks at another column than the one its delete rule sets. */
const LeakyDelete = defineTrait({
  name: 'LeakyDelete',
  defaults: {},
  columns: () => ({
    hiddenAt: column.timestamp({ nullable: true }),
    hiddenOn: column.timestamp({ nullable: true }),
  }),
  scopes: () => ({ shown: { where: isNull('hiddenOn'), default: true } }),
  rules: () => ({ delete: { set: ({ now }) => ({ hiddenAt: now }) } }),
})

const team = contextVariable<string>('team')

/** Shows rows of every team: its scope names a team instead of asking for the present one. */
const LeakyTeam = defineTrait({
  name: 'LeakyTeam',
  defaults: {},
  columns: () => ({ team: column.string({ length: 20 }) }),
  scopes: () => ({ team: { where: eq('team', 'red'), default: true } }),
  rules: () => ({ insert: { set: () => ({ team: 'red' }) } }),
})

/** Counts the updates of a row, from what it was. */
const Counted = defineTrait({
  name: 'Counted',
  defaults: {},
  columns: () => ({ count: column.integer({ default: 0 }) }),
  rules: () => ({ update: { each: ({ before }) => ({ count: before.count + 1 }) } }),
})

@Entity()
@UuidPk()
@Counted()
class Visit {
  @Column({ type: 'varchar', length: 20 })
  page!: string
}
interface Visit extends UuidIdentified, Adds<typeof Counted> {}

@Entity()
@LeakyDelete()
class Leak {
  @PrimaryColumn()
  id!: number
}
interface Leak extends Adds<typeof LeakyDelete> {}

@Entity()
@LeakyTeam()
class Member {
  @PrimaryColumn()
  id!: number
}
interface Member extends Adds<typeof LeakyTeam> {}

@Entity()
class Pet {
  @PrimaryColumn()
  id!: number

  @Column()
  age!: number
}

/** A trigger that makes every pet that is written to older than it was told. */
const triggers = {
  sqlite: ['CREATE TRIGGER "ages" AFTER UPDATE ON "pet" BEGIN UPDATE "pet" SET "age" = 9 WHERE "id" = NEW."id"; END'],
  postgres: [
    'CREATE FUNCTION "age"() RETURNS trigger LANGUAGE plpgsql AS \'BEGIN NEW."age" := 9; RETURN NEW; END\'',
    'CREATE TRIGGER "ages" BEFORE UPDATE ON "pet" FOR EACH ROW EXECUTE FUNCTION "age"()',
  ],
  mariadb: ['CREATE TRIGGER `ages` BEFORE UPDATE ON `pet` FOR EACH ROW SET NEW.`age` = 9'],
} as const

const tenants = ['a', 'b'].map((name) => ({
  name: `tenant ${name}`,
  run: <T>(work: () => Promise<T>) => tenant.run(name, work),
}))

const note: BehaviourOptions['make'] = (fc) =>
  fc.record({ slug: fc.constantFrom('a', 'b', 'c'), text: fc.option(fc.constantFrom('x', 'y'), { nil: null }) })
const paper: BehaviourOptions['make'] = (fc) => fc.record({ title: fc.constantFrom('x', 'y') })
const visit: BehaviourOptions['make'] = (fc) => fc.record({ page: fc.constantFrom('x', 'y') })
const pet: BehaviourOptions['make'] = (fc) => fc.record({ id: fc.nat(5), age: fc.nat(2) })
const few: BehaviourOptions['make'] = (fc) => fc.record({ id: fc.integer({ min: 1, max: 3 }) })

const counterexample = (message: string) => /Counterexample: .*/.exec(message)?.[0]

describeOnEngines('Checking behaviours', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const check = (entity: AnyClass, options: Omit<BehaviourOptions, 'dataSource'>) =>
    checkBehaviours(entity, { dataSource, runs: 8, steps: 10, ...options })
  const failureOf = (entity: AnyClass, options: Omit<BehaviourOptions, 'dataSource'>): Promise<string> =>
    check(entity, { runs: 50, ...options }).then(
      () => 'It found nothing.',
      (error: Error) => `${error.message}\n${(error.cause as Error | undefined)?.message ?? ''}`,
    )

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({
      ...database.options,
      entities: [Note, Paper, Visit, Leak, Member, Pet],
      synchronize: true,
    }).initialize()
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('finds nothing wrong with built-in traits', () => check(Note, { make: note }))

  it('finds nothing wrong with them where several clients write at once', () =>
    check(Note, { make: note, clients: 3, runs: 4 }))

  it('finds nothing wrong with traits of others, whose rows belong to tenants', () =>
    check(Paper, { make: paper, contexts: tenants }))

  it('finds nothing wrong with those where several clients write at once', () =>
    check(Paper, { make: paper, contexts: tenants, clients: 3, runs: 4 }))

  it('finds nothing wrong with a count that several clients raise at once', () =>
    check(Visit, { make: visit, clients: 4, runs: 4 }))

  it('finds a deletion that hides nothing, and the smallest way to see it', async () => {
    const message = await failureOf(Leak, { make: few })
    expect(message).to.match(/seed: -?\d+, path: "/)
    expect(message).to.match(
      / {2}\d was deleted and is still shown\nafter\n {2}create \{"id":\d\} .*\n {2}delete \d .*1 written/,
    )
  })

  it('finds rows of one context in another', async () => {
    const contexts = ['red', 'blue'].map((name) => ({
      name: `team ${name}`,
      run: <T>(work: () => Promise<T>) => team.run(name, work),
    }))
    const message = await failureOf(Member, { make: few, contexts })
    expect(message).to.match(/\d was created in context [01] and is shown in team (red|blue)/)
  })

  it('finds what happens behind the back of the model', async () => {
    await check(Pet, { make: pet })
    for (const sql of triggers[engine.name]) await dataSource.query(sql)
    expect(await failureOf(Pet, { make: pet })).to.match(/\d has age 9, and must have [012]/)
  })

  it('finds what is no refusal: an error that no caller may see', async () => {
    const stop = dataSource.onStatement(({ sql }) => {
      if (/^DELETE .*visit/i.test(sql) && sql.includes('WHERE')) throw new TypeError('The wire is cut.')
    })
    expect(await failureOf(Visit, { make: visit }).finally(stop)).to.include('The wire is cut.')
  })

  it('runs the sequence of a seed and a path again', async () => {
    const first = await failureOf(Leak, { make: few })
    const [, seed, path = ''] = /seed: (-?\d+), path: "([^"]+)"/.exec(first) ?? []
    const again = await failureOf(Leak, { make: few, seed: Number(seed), path })
    expect(counterexample(again)).to.equal(counterexample(first))
  })

  it('asks for an empty table, and leaves one', async () => {
    await dataSource.getRepository(Leak).insert({ id: 7 })
    expect(await failureOf(Leak, { make: few })).to.include('removes every Leak, so it needs an empty table.')
    await dataSource.query(engine.name === 'mariadb' ? 'DELETE FROM `leak`' : 'DELETE FROM "leak"')
    await failureOf(Leak, { make: few })
    expect(await dataSource.getRepository(Leak).unscoped().count()).to.equal(0)
  })
})
