import { expect } from 'chai'
import { Column, Entity, JoinColumn, JoinTable, ManyToMany, ManyToOne, PrimaryColumn } from 'typeorm'
import { type AnyClass, createDataSource, DefinitionError } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

describeOnEngines('Links that would lead to other rows', (engine) => {
  let database: Database

  before(async () => {
    database = await engine.create()
  })
  after(() => database?.drop())

  /** What is wrong with entities, by code and subject. */
  async function refused(...entities: readonly AnyClass[]): Promise<readonly string[]> {
    const dataSource = createDataSource({ ...database.options, entities: [...entities] })
    try {
      await dataSource.initialize()
      await dataSource.destroy()
      return []
    } catch (error) {
      if (!(error instanceof DefinitionError)) throw error
      return error.mistakes.map(({ code, subject, problem }) => `${code} ${subject} ${problem}`)
    }
  }

  function measured(precision: number | undefined) {
    @Entity('moments')
    class Moment {
      @PrimaryColumn({ type: engine.name === 'postgres' ? 'timestamptz' : 'datetime', ...(precision && { precision }) })
      at!: Date
    }
    @Entity('readings')
    class Reading {
      @PrimaryColumn({ type: 'int' })
      id!: number

      @ManyToOne(() => Moment)
      @JoinColumn({ name: 'at' })
      moment!: Moment
    }
    return [Moment, Reading]
  }

  it('are refused where keys have more digits than a Date', async () => {
    const problem =
      'E_ROUNDED_KEY Reading "moment" refers to rows by "at" of Moment, whose instants have more digits than a Date, ' +
      'so that rows are not found by what was read of them.'
    expect(await refused(...measured(3))).to.deep.equal([])
    expect(await refused(...measured(6))).to.deep.equal(engine.name === 'sqlite' ? [] : [problem])
    expect(await refused(...measured(undefined))).to.deep.equal(engine.name === 'postgres' ? [problem] : [])
  })

  function tagged(name: string, place: string, table: string) {
    const where = engine.name === 'mariadb' ? { database: place } : { schema: place }
    class Tag {
      @PrimaryColumn({ type: 'int' })
      id!: number
    }
    class Row {
      @PrimaryColumn({ type: 'int' })
      id!: number

      @Column({ type: 'int' })
      n!: number

      @ManyToMany(() => Tag)
      @JoinTable({ name: table })
      tags!: Tag[]
    }
    Entity({ name: `${name}_tag`, ...where })(Tag)
    Entity({ name: `${name}_row`, ...where })(Row)
    return [Tag, Row]
  }

  // A file of SQLite has no schemas.
  if (engine.name === 'sqlite') return
  it('are refused where two tables have one name in different places', async () => {
    expect(await refused(...tagged('a', 'here', 'one'), ...tagged('b', 'there', 'other'))).to.deep.equal([])
    expect(await refused(...tagged('a', 'here', 'links'), ...tagged('b', 'there', 'links'))).to.deep.equal([
      'E_LINK_TABLE Row the links of "tags" are in "there.links", and those of "tags" of Row in "here.links". TypeORM ' +
        'knows tables of links by their names alone, and would read and write one of them for both.',
    ])
  })
})
