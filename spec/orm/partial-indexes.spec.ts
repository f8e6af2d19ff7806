import { expect } from 'chai'
import {
  contextVariable,
  createDataSource,
  defineTrait,
  eq,
  Mistakes,
  type ModelDataSource,
  ne,
  type Predicate,
} from 'plinth'
import { DefaultOrdering, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines, type Engine } from '../support/engines.js'

interface Parcel extends SoftDeletable {}
@SoftDelete()
@DefaultOrdering({ by: ['weight'] })
@Entity()
@Index(['weight', 'id'])
class Parcel {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'int' })
  weight!: number
}

/** The definitions of the indexes over one column of parcels, as the engine tells them. */
const definitions: Readonly<Record<Engine['name'], string>> = {
  sqlite: `SELECT sql AS definition FROM sqlite_master WHERE type = 'index' AND sql LIKE '%"deletedAt")%'`,
  postgres: `SELECT indexdef AS definition FROM pg_indexes WHERE tablename = 'parcel' AND indexdef LIKE '%("deletedAt")%'`,
  mariadb: `SELECT GROUP_CONCAT(column_name) AS definition FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'parcel' AND column_name = 'deletedAt' GROUP BY index_name`,
}

const conditions: Readonly<Record<Engine['name'], RegExp>> = {
  sqlite: /WHERE .*deletedAt" IS NOT NULL/,
  postgres: /WHERE \("deletedAt" IS NOT NULL\)/,
  mariadb: /^deletedAt$/,
}

describeOnEngines('An index over some rows', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Parcel], synchronize: true }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('covers only those where the engine can', async () => {
    const found: readonly { readonly definition: string }[] = await dataSource.query(definitions[engine.name])
    expect(found).to.have.length(1)
    expect(found[0]!.definition).to.match(conditions[engine.name])
  })

  it('is not made again', async () => {
    expect((await dataSource.driver.createSchemaBuilder().log()).upQueries).to.deep.equal([])
  })

  if (engine.name === 'sqlite') {
    it('does not tempt the planner away from the index of an order', async () => {
      const [sql, parameters] = dataSource
        .getRepository(Parcel)
        .select()
        .slice(0, 20)
        .queryBuilder()
        .getQueryAndParameters()
      const plan: readonly { readonly detail: string }[] = await dataSource.query(
        `EXPLAIN QUERY PLAN ${sql}`,
        parameters,
      )
      expect(plan.map(({ detail }) => detail).join('\n'))
        .to.match(/USING INDEX IDX_\w+/)
        .and.not.match(/TEMP B-TREE/)
    })
  }
})

function mistakesOf(where: Predicate): readonly string[] {
  const Picky = defineTrait({
    name: 'Picky',
    defaults: {},
    indexes: () => [{ properties: ['weight'], where }],
  })
  @Picky()
  @Entity()
  class Box {
    @PrimaryGeneratedColumn()
    id!: number

    @Column({ type: 'int' })
    weight!: number
  }
  const mistakes = new Mistakes()
  createDataSource({ type: 'sqlite', database: ':memory:', entities: [Box] }).verify(mistakes)
  return mistakes.found.map(({ code, problem }) => `${code} ${problem}`)
}

describe('The condition of an index', () => {
  it('names columns of the entity', () => {
    expect(mistakesOf(ne('weight', 0))).to.deep.equal([])
    expect(mistakesOf(ne('weigth', 0))).to.deep.equal([
      'E_UNKNOWN_PROPERTY the condition of an index names "weigth", which is not a column of the entity.',
    ])
  })

  it('reads no context', () => {
    expect(mistakesOf(eq('weight', contextVariable<number>('limit')))).to.deep.equal([
      'E_CONTEXT_IN_SCHEMA the condition of an index reads a context variable, which the database does not have.',
    ])
  })
})
