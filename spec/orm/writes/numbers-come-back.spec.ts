import { expect } from 'chai'
import { type Adds, column, counterKey, createDataSource, defineTrait, type ModelDataSource } from 'plinth'
import { type SoftDeletable, SoftDelete, type UuidIdentified, UuidPk } from 'plinth/decorators'
import { Column, Entity } from 'typeorm'
import { type Database, describeOnEngines } from '../../support/engines.js'

/** As docs/writing-a-trait.md shows it. */
const Numbered = defineTrait({
  name: 'Numbered',
  defaults: { within: [] as readonly string[] },
  columns: () => ({ number: column.integer({ nullable: true }) }),
  rules: ({ within }) => ({
    enter: {
      by: within,
      locks: (row) => counterKey(...within.map((property) => row[property])),
      each: async ({ before, after }, context) => {
        const isBack = before !== null && within.every((property) => before[property] === after[property])
        return { number: (isBack ? before.number : null) ?? (await context.next()) }
      },
    },
  }),
})

interface Note extends UuidIdentified, SoftDeletable, Adds<typeof Numbered> {}
@UuidPk()
@SoftDelete()
@Numbered({ within: ['room'] })
@Entity()
class Note {
  @Column({ type: 'varchar', length: 10 }) room!: string
}

describeOnEngines('Numbers of rows that come back', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Note], synchronize: true }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('are those they had in their group, and new ones in another', async () => {
    const notes = dataSource.getRepository(Note)
    const [first, second] = [await notes.save({ room: 'a' }), await notes.save({ room: 'a' })]
    const numbers = async () => {
      const found = await notes.find({ where: { room: 'a' }, order: { number: 'ASC' } })
      return found.map(({ id, number }) => [id, number])
    }
    await notes.delete(first.id)
    await notes.restore(first.id)
    const kept = [
      [first.id, 1],
      [second.id, 2],
    ]
    expect(await numbers()).to.deep.equal(kept)
    await notes.update(first.id, { room: 'b' })
    await notes.update(first.id, { room: 'a' })
    expect(await numbers()).to.deep.equal([
      [second.id, 2],
      [first.id, 3],
    ])
  })
})
