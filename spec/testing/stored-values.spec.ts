import { expect } from 'chai'
import { Column, Entity } from 'typeorm'
import {
  type HasMetadata,
  type HasVersion,
  Metadata,
  type SoftDeletable,
  SoftDelete,
  type UuidIdentified,
  UuidPk,
  Versioned,
} from '../../decorators/index.js'
import { type Adds, column, createDataSource, defineTrait, increment, type ModelDataSource } from '../../src/index.js'
import { type BehaviourOptions, checkBehaviours } from '../../testing/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@UuidPk()
@Versioned()
@Metadata()
class Sheet {
  @Column({ type: 'varchar', length: 20, unique: true })
  title!: string
}
interface Sheet extends UuidIdentified, HasVersion, HasMetadata {}

@Entity()
@UuidPk()
@Versioned()
@Metadata()
@SoftDelete()
class Card {
  @Column({ type: 'varchar', length: 20, unique: true })
  title!: string
}
interface Card extends UuidIdentified, HasVersion, HasMetadata, SoftDeletable {}

const Counted = defineTrait({
  name: 'Counted',
  defaults: {},
  columns: () => ({ views: column.integer({ default: 0 }) }),
  inputs: () => ({ visit: { by: column.integer() } }),
  verbs: () => ({ visit: { set: ({ input }) => ({ views: increment(input.by) }) } }),
})

@Entity()
@UuidPk()
@Counted()
class Leaf {
  @Column({ type: 'varchar', length: 20 })
  title!: string
}
interface Leaf extends UuidIdentified, Adds<typeof Counted> {}

/** A trigger that counts one more than it was told. */
const triggers = {
  sqlite: [
    'CREATE TRIGGER "more" AFTER UPDATE OF "views" ON "leaf" WHEN NEW."views" = OLD."views" + 1 BEGIN UPDATE "leaf" SET "views" = OLD."views" + 7 WHERE "id" = NEW."id"; END',
  ],
  postgres: [
    'CREATE FUNCTION "more"() RETURNS trigger LANGUAGE plpgsql AS \'BEGIN NEW."views" := OLD."views" + 7; RETURN NEW; END\'',
    'CREATE TRIGGER "more" BEFORE UPDATE OF "views" ON "leaf" FOR EACH ROW EXECUTE FUNCTION "more"()',
  ],
  mariadb: ['CREATE TRIGGER `more` BEFORE UPDATE ON `leaf` FOR EACH ROW SET NEW.`views` = OLD.`views` + 7'],
} as const

const make: BehaviourOptions['make'] = (fc) => fc.record({ title: fc.constantFrom('a', 'b', 'c') })
const inputs: BehaviourOptions['inputs'] = {
  mergeMetadata: (fc) => fc.record({ patch: fc.constantFrom({ a: 1 }, { a: null }, { b: { c: 'x' } }) }),
  setMetadata: (fc) => fc.record({ path: fc.constantFrom(['a'], ['b', 'c']), value: fc.constantFrom(1, 'x') }),
  unsetMetadata: (fc) => fc.record({ path: fc.constantFrom(['a'], ['b', 'c']) }),
  incrementMetadata: (fc) => fc.record({ path: fc.constantFrom(['a'], ['b', 'c']), by: fc.constantFrom(1, 2) }),
}

describeOnEngines('Checking values that depend on what is stored', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    const entities = [Sheet, Card, Leaf]
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const outcomes = async (entity: typeof Sheet | typeof Card, options: Partial<BehaviourOptions>) => {
    const told = new Set<string>()
    const stop = dataSource.events.onCommitted(({ kind }) => void told.add(kind))
    await checkBehaviours(entity, { dataSource, make, inputs, seed: 1, runs: 25, ...options }).finally(stop)
    return [...told].toSorted()
  }

  const check = () =>
    checkBehaviours(Leaf, {
      dataSource,
      make,
      inputs: { visit: (fc) => fc.constant({ by: 1 }) },
      change: (fc) => fc.record({ title: fc.constantFrom('a', 'b') }),
    })

  it('knows what one client makes of versions and documents, and what @Column keeps unique', async () => {
    const verbs = ['incrementMetadata', 'insert', 'mergeMetadata', 'setMetadata', 'unsetMetadata', 'update']
    expect(await outcomes(Sheet, {})).to.deep.equal(['delete', ...verbs])
  })

  it('knows it where what is unique is so among visible rows', async () => {
    expect(await outcomes(Card, {})).to.include.members(['delete', 'restore', 'mergeMetadata', 'update'])
  })

  it('knows it where two clients write at once', async () => {
    expect(await outcomes(Card, { clients: 2, runs: 5, steps: 6 })).to.include.members(['insert', 'mergeMetadata'])
  })

  it('needs no inputs to know which documents and paths are refused', async () => {
    expect(await outcomes(Sheet, { inputs: {} })).to.include('mergeMetadata')
  })

  it('finds a sum that is wrong', async () => {
    await check()
    for (const sql of triggers[engine.name]) await dataSource.query(sql)
    const message = await check().then(
      () => 'It found nothing.',
      (error: Error) => `${error.message}\n${(error.cause as Error | undefined)?.message ?? ''}`,
    )
    expect(message).to.match(/ has views 7, and must have [01]\nafter\n/)
  })
})
