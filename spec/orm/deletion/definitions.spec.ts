import { expect } from 'chai'
import {
  Column,
  DeleteDateColumn,
  Entity,
  JoinTable,
  ManyToMany,
  ManyToOne,
  PrimaryColumn,
  type Relation,
} from 'typeorm'
import { OnDelete, type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import { createDataSource, type DeletionPolicy, Mistakes } from '../../../src/index.js'

class Row {
  @PrimaryColumn({ type: 'int' })
  id!: number
}

@Entity()
class Plain extends Row {}

@Entity()
class Unnulled extends Row {
  @OnDelete('detach')
  @ManyToOne(() => Plain, { nullable: false })
  plain!: Relation<Plain>
}

@Entity()
@SoftDelete()
class Hidden extends Row {
  @OnDelete('cascade')
  @ManyToOne(() => Plain, { nullable: false })
  plain!: Relation<Plain>
}
interface Hidden extends SoftDeletable {}

@Entity()
class Lonely extends Row {
  @OnDelete('cascade')
  @Column({ type: 'int' })
  plain!: number
}

@Entity()
class Linked extends Row {
  @OnDelete('restrict')
  @ManyToMany(() => Plain)
  @JoinTable()
  plains!: Relation<Plain>[]
}

@Entity()
class Twice extends Row {
  @OnDelete('keep')
  @OnDelete('restrict')
  @ManyToOne(() => Plain)
  plain!: Relation<Plain>
}

@Entity()
class Misspelt extends Row {
  @OnDelete('casacde' as DeletionPolicy)
  @ManyToOne(() => Plain)
  plain!: Relation<Plain>
}

@Entity()
@SoftDelete()
class Doubled extends Row {
  @DeleteDateColumn()
  removedAt!: Date | null
}
interface Doubled extends SoftDeletable {}

@Entity()
class Swept extends Row {
  @ManyToOne(() => Kept, { onDelete: 'CASCADE' })
  kept!: Relation<Kept>
}

@Entity()
class Emptied extends Row {
  @OnDelete('restrict')
  @ManyToOne(() => Kept, { nullable: true, onDelete: 'SET NULL' })
  kept!: Relation<Kept> | null
}

@Entity()
@SoftDelete()
class Kept extends Row {
  @ManyToOne(() => Plain, { onDelete: 'CASCADE' })
  plain!: Relation<Plain>

  @ManyToOne(() => Plain, { nullable: true, onDelete: 'SET NULL' })
  other!: Relation<Plain> | null

  @ManyToOne(() => Plain, { nullable: true, onDelete: 'RESTRICT' })
  third!: Relation<Plain> | null
}
interface Kept extends SoftDeletable {}

@Entity()
class Free extends Row {
  @ManyToOne(() => Plain, { onDelete: 'CASCADE' })
  plain!: Relation<Plain>
}

describe('Deletion policies that cannot do what they say', () => {
  const cases = [
    [Unnulled, 'wants the key to become null'],
    [Hidden, 'keeps rows that cannot refer to a Plain any more'],
    [Lonely, 'holds no key of another row'],
    [Linked, 'holds no key of another row'],
    [Twice, 'two deletion policies stand above "plain"'],
    [Misspelt, '"casacde", above "plain", is no deletion policy'],
  ] as const
  for (const [entity, problem] of cases) {
    it(`are a mistake in ${entity.name}, with its place`, async () => {
      const { default: driver } = await import('libsql')
      const options = { type: 'better-sqlite3', database: ':memory:', driver, entities: [Plain, entity] } as const
      const mistakes = new Mistakes()
      createDataSource(options).verify(mistakes)
      const [mistake, ...others] = mistakes.found
      expect(others).to.deep.equal([])
      expect(mistake).to.deep.include({ code: 'E_DELETION', subject: entity.name })
      expect(mistake?.problem).to.include(problem)
      expect(mistake?.places[0]).to.match(/^@OnDelete at .*definitions\.spec\.\w+:\d+:\d+$/)
    })
  }

  it("are a mistake beside TypeORM's own way to hide rows", async () => {
    const { default: driver } = await import('libsql')
    const options = { type: 'better-sqlite3', database: ':memory:', driver, entities: [Doubled] } as const
    const mistakes = new Mistakes()
    createDataSource(options).verify(mistakes)
    expect(mistakes.found).to.have.length(1)
    expect(mistakes.found[0]).to.deep.include({ code: 'E_DELETION', subject: 'Doubled' })
    expect(mistakes.found[0]?.problem).to.include('"removedAt" is a @DeleteDateColumn')
    expect(mistakes.found[0]?.places[0]).to.match(/^@SoftDelete at /)
  })

  it('are a mistake where the database itself deletes or changes rows past delete rules, and only there', async () => {
    const { default: driver } = await import('libsql')
    const entities = [Plain, Kept, Swept, Emptied, Free]
    const options = { type: 'better-sqlite3', database: ':memory:', driver, entities } as const
    const mistakes = new Mistakes()
    createDataSource(options).verify(mistakes)
    expect(mistakes.found.map(({ code, subject, problem }) => [code, subject, problem])).to.deep.equal([
      [
        'E_DELETION',
        'Kept',
        `"plain" has onDelete: 'CASCADE', so where rows of Plain are removed the database removes rows of Kept past the ` +
          'rules for deletes of Kept.',
      ],
      [
        'E_DELETION',
        'Swept',
        `"kept" has onDelete: 'CASCADE', so where rows of Kept are removed the database removes rows of Swept past the ` +
          'rules for deletes of Kept.',
      ],
      [
        'E_DELETION',
        'Emptied',
        `"kept" has onDelete: 'SET NULL', so where rows of Kept are removed the database changes rows of Emptied past ` +
          'the rules for deletes of Kept.',
      ],
    ])
    expect(mistakes.found[0]?.places[0]).to.match(/^@SoftDelete at .*definitions\.spec\.\w+:\d+:\d+$/)
    expect(mistakes.found[2]?.places[1]).to.match(/^@OnDelete at .*definitions\.spec\.\w+:\d+:\d+$/)
    expect(mistakes.found[1]?.remedy).to.include("@OnDelete('cascade')")
  })
})
