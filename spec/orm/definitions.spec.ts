import { expect } from 'chai'
import { Column, Entity, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { DefaultOrdering, Sluggable, type Slugged, SoftDelete, StampOn, WhenHidden } from '../../decorators/index.js'
import {
  type AnyClass,
  column,
  contextVariable,
  createDataSource,
  DefinitionError,
  defineTrait,
  eq,
  gt,
  isNull,
  Mistakes,
  not,
  UsageError,
} from '../../src/index.js'

const clock = contextVariable<number>('clock')

const Broken = defineTrait({
  name: 'Broken',
  defaults: {},
  columns: () => ({
    known: column.boolean({ generated: not(isNull('sizee')) }),
    contextual: column.boolean({ generated: gt('id', clock) }),
  }),
  indexes: () => [{ properties: ['id', 'titel'], unique: 'visible' }],
  scopes: () => ({ young: { where: gt('id', clock), default: true } }),
  views: () => ({ find: { where: eq('nmae', 'x') } }),
})

@Entity()
@Broken()
@DefaultOrdering({ by: ['-id'] })
class Mistaken {
  @PrimaryColumn()
  id!: number

  known!: boolean
  contextual!: boolean
}

@SoftDelete()
class NoEntity {
  @PrimaryColumn()
  id!: number

  deletedAt!: Date | null
  deletionId!: string | null
  isDeleted!: boolean
}

@Entity()
@SoftDelete()
@SoftDelete()
class Twice {
  @PrimaryColumn()
  id!: number

  @Column()
  name!: string

  deletedAt!: Date | null
  deletionId!: string | null
  isDeleted!: boolean
}

interface Unstored extends Slugged {}
@Entity()
@Sluggable({ from: 'fullName' })
@StampOn({ field: 'state', equals: 'done', stamp: 'doneAt' })
class Unstored {
  @PrimaryColumn()
  id!: number

  @Column()
  name!: string

  doneAt!: Date | null

  get fullName(): string {
    return `Dr ${this.name}`
  }

  get state(): string {
    return this.doneAt ? 'done' : 'open'
  }
}

@Entity()
class Undecided {
  @PrimaryColumn()
  id!: number

  @WhenHidden('show')
  @WhenHidden('dropOwner')
  @ManyToOne(() => Undecided, { nullable: true })
  next!: Relation<Undecided> | null
}

const Aged = defineTrait({
  name: 'Aged',
  defaults: {},
  columns: () => ({ age: column.integer(), isOld: column.boolean({ generated: gt('age', 60) }) }),
  scopes: () => ({
    young: { where: eq('isOld', false), default: true },
    loud: { where: eq('shout', 'A'), locked: true },
    either: { where: eq('isOld', true) },
  }),
  rules: () => ({ enter: { by: ['shout', 'age'], each: () => ({}) } }),
})

@Entity()
@Aged()
class Computed {
  @PrimaryColumn()
  id!: number

  @Column({ asExpression: 'upper(name)', generatedType: 'STORED' })
  shout!: string

  age!: number
  isOld!: boolean
}

const computed = (what: string, property: string): string =>
  `E_COMPUTED_SCOPE ${what} asks for "${property}", which the database computes when the row is written.`

function told(entity: AnyClass): readonly string[] {
  const mistakes = new Mistakes()
  dataSource(entity).verify(mistakes)
  return mistakes.found.map(({ code, problem }) => `${code} ${problem}`)
}

const dataSource = (...entities: readonly AnyClass[]) =>
  // Nothing listens there: what is wrong with the models is known before anything is connected.
  createDataSource({ type: 'postgres', host: '127.0.0.1', port: 1, entities })

describe('What is wrong with models', () => {
  it('is reported when the data source starts, all of it, before it connects', async () => {
    const error: unknown = await dataSource(Mistaken, NoEntity, Twice)
      .initialize()
      .catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(DefinitionError)
    const { mistakes } = error as DefinitionError
    expect(mistakes.map(({ subject, code, problem }) => `${subject} ${code} ${problem}`)).to.deep.equal([
      'Twice E_TRAIT_TWICE the trait SoftDelete stands twice on one class.',
      'Mistaken E_UNKNOWN_PROPERTY the view "find" names "nmae", which is not a column of the entity.',
      'Mistaken E_UNKNOWN_PROPERTY the generated column "known" names "sizee", which is not a column of the entity.',
      'Mistaken E_UNKNOWN_PROPERTY an index names "titel", which is not a column of the entity.',
      'Mistaken E_CONTEXT_IN_SCHEMA the generated column "contextual" reads a context variable, which the database does not have.',
      'Mistaken E_CONTEXT_IN_SCHEMA a unique index covers the visible rows, but the scope "young" depends on the context other than by equality.',
      'Mistaken E_NAME_RESERVED the view "find" has the name of a method that every repository has.',
      'NoEntity E_NOT_AN_ENTITY is given as an entity, but TypeORM does not know it as one.',
    ])
    const [twice, first] = mistakes
    expect(twice?.places).to.have.length(2)
    expect(first?.places[0]).to.match(/^@Broken at .*definitions\.spec\.(?:ts|js):\d+:\d+$/)
    expect(first?.remedy).to.equal('Known are: contextual, id, known.')
  })

  it('is what decides who sees a row and is computed when it is written', () => {
    expect(told(Computed)).to.deep.equal([
      computed('the scope "young"', 'isOld'),
      computed('the scope "loud"', 'shout'),
      computed('a rule about rows that enter or leave a group', 'shout'),
    ])
  })

  it('is a property that an option names and nothing stores, also where the class has it', () => {
    expect(told(Unstored)).to.deep.equal([
      'E_UNKNOWN_PROPERTY an option names "fullName", which is not a column of the entity.',
      'E_UNKNOWN_PROPERTY an option names "state", which is not a column of the entity.',
    ])
  })

  it('is a property of whose hidden rows two things are said', () => {
    expect(told(Undecided)).to.deep.equal(['E_RELATION_LOOK what becomes of hidden rows is said twice above "next".'])
  })

  it('is told once, whoever finds it', () => {
    const mistakes = new Mistakes()
    for (const entities of [[NoEntity], [NoEntity]]) dataSource(...entities).verify(mistakes)
    expect(mistakes.found).to.have.length(1)
  })

  it('can be gathered together with other mistakes', () => {
    const mistakes = new Mistakes()
    dataSource(NoEntity).verify(mistakes)
    expect(mistakes.found.map(({ code }) => code)).to.deep.equal(['E_NOT_AN_ENTITY'])
  })

  it('is an engine models do not run on', () => {
    const options = { type: 'mssql', entities: [] } as unknown as Parameters<typeof createDataSource>[0]
    expect(() => createDataSource(options)).to.throw(
      UsageError,
      'Models do not run on "mssql". Use one of: sqlite, better-sqlite3, postgres, mariadb, mysql.',
    )
  })
})
