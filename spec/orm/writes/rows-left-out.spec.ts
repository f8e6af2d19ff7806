import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { createDataSource, type ModelDataSource, ModelService, silentLogger, UsageError } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

@Entity('left_out')
class Pebble {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int', default: 0 })
  weight!: number
}
class PebbleService extends ModelService(Pebble) {}

/** Triggers that silently leave out the row with the id 2. */
const triggers: Readonly<Record<string, readonly string[]>> = {
  sqlite: ['INSERT', 'UPDATE'].map(
    (event) =>
      `CREATE TRIGGER no_two_${event} BEFORE ${event} ON left_out WHEN NEW.id = 2 BEGIN SELECT RAISE(IGNORE); END`,
  ),
  postgres: [
    'CREATE FUNCTION no_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 2 THEN RETURN NULL; END IF; RETURN NEW; END $$',
    'CREATE TRIGGER no_two BEFORE INSERT OR UPDATE ON left_out FOR EACH ROW EXECUTE FUNCTION no_two()',
  ],
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    (result) => result,
    (error: unknown) => error instanceof UsageError && error.code,
  )

describeOnEngines('Rows that a trigger leaves out of a statement for all', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let service: PebbleService

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Pebble], synchronize: true }).initialize()
    service = new PebbleService({ dataSource, logger: silentLogger })
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const stored = async () => {
    const rows = await dataSource.getRepository(Pebble).find({ order: { id: 'ASC' } })
    return rows.map(({ id, weight }) => [id, weight])
  }

  it('end the call, which writes nothing twice', async () => {
    // Its triggers can only raise errors, which is what they should do everywhere.
    if (engine.name === 'mariadb') return
    await service.createMany([{ id: 2 }, { id: 3 }])
    for (const sql of triggers[engine.name]!) await dataSource.query(sql)
    expect(await refusal(service.updateMany([2, 3], { weight: 5 }))).to.equal('E_ROWS_LEFT_OUT')
    expect(await stored()).to.deep.equal([
      [2, 0],
      [3, 5],
    ])
    await service.deleteMany([2])
    expect(await refusal(service.createMany([{ id: 1 }, { id: 2 }]))).to.equal('E_ROWS_LEFT_OUT')
    expect(await stored()).to.deep.equal([
      [1, 0],
      [3, 5],
    ])
  })
})
