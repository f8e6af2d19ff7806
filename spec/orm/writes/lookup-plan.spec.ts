import { expect } from 'chai'
import { Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { all, asTrait, createDataSource, defineTrait, type ModelDataSource } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { runOnPostgres } from '../../support/postgres-server.js'

const Plain = defineTrait({ name: 'Plain', defaults: {}, columns: () => ({}) })

/** Two indexes begin with the same property, the one that is not meant first. */
@Entity('berths')
@Plain()
@Index('berths_by_number', ['deck', 'number'], { unique: true })
@Index('berths_by_value', ['deck', 'value'])
class Berth {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 10 })
  deck!: string

  @Column({ type: 'int' })
  number!: number

  /** Named as PostgreSQL names the only column of a function. */
  @Column({ type: 'varchar', length: 20 })
  value!: string
}

describeOnEngines(
  'The plan of a lookup in several groups',
  (engine) => {
    let dataSource: ModelDataSource
    let close: () => Promise<void>

    before(async () => {
      const database = await engine.create()
      dataSource = await createDataSource({ ...database.options, entities: [Berth], synchronize: true }).initialize()
      close = async () => {
        await dataSource.destroy()
        await database.drop()
      }
    })
    after(() => close?.())

    it('reads the index of what is looked up, also where the server takes a table for empty', async () => {
      const berths = Array.from({ length: 8000 }, (_, index) => {
        return { id: index + 1, deck: index % 2 === 0 ? 'upper' : 'lower', number: index, value: `berth-${index}` }
      })
      await dataSource.atomic(async () => {
        await dataSource.getRepository(Berth).insert(berths)
        const [{ schema } = { schema: '' }] = await dataSource.query<{ schema: string }[]>(
          'SELECT current_schema() AS schema',
        )
        // As the server does it by itself, sooner or later: nobody else sees the rows yet.
        await runOnPostgres(`ANALYZE ${schema}.berths`)
        const sent: (readonly [string, readonly unknown[]])[] = []
        const stop = dataSource.onStatement(({ sql, parameters }) => sent.push([sql, parameters ?? []]))
        const groups = ['upper', 'lower'].map((deck) => {
          return { group: { deck }, property: 'value', values: ['berth-6', 'berth-7', 'berth-none'] }
        })
        const rows = await asTrait(dataSource.getRepository(Berth), { trait: 'Plain', key: '' }, ({ table }) =>
          table.rowsInGroups(groups, all()),
        )
        stop()
        expect(rows.map(({ id }) => id)).to.have.members([7, 8])
        const [sql, parameters] = sent.find(([text]) => text.startsWith('SELECT'))!
        const plan = await dataSource.query<object[]>(`EXPLAIN ${sql}`, [...parameters])
        const text = plan.map((line) => String(Object.values(line)[0])).join('\n')
        expect(text).to.include('Index Scan using berths_by_value on berths')
        expect(text).not.to.match(/berths_by_number|Sort/)
      })
    })
  },
  ['postgres'],
)
