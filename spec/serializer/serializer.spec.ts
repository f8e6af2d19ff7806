import { expect } from 'chai'
import { IsEmail, Length, MinLength } from 'class-validator'
import { createDataSource, type FieldError, Mistakes, type ModelDataSource, Serializer, ValidationError } from 'plinth'
import { type Timestamped, Timestamps, type UuidIdentified, UuidPk } from 'plinth/decorators'
import { Column, Entity, ManyToOne, PrimaryColumn } from 'typeorm'
import { describeEntity } from '../../src/orm/describe-entity.js'
import { type CompiledSerializer, compileSerializer, type InputShape } from '../../src/serializer/compile-serializer.js'
import type { AnySerializer } from '../../src/serializer/serializer-types.js'
import { type Database, engines } from '../support/engines.js'

interface Person extends UuidIdentified, Timestamped {}
@Entity()
@UuidPk()
@Timestamps()
class Person {
  @Column({ length: 20 }) @Length(2, 20) name!: string
  @Column({ nullable: true, type: 'varchar' }) @IsEmail() email!: string | null
  @Column({ default: 0 }) age!: number
  @Column('float', { nullable: true }) height!: number | null
  @Column({ default: false }) admin!: boolean
  @Column('datetime', { nullable: true }) born!: Date | null
  @Column('date', { nullable: true }) hired!: string | null
  @Column('bigint', { nullable: true }) steps!: string | null
  @Column('decimal', { precision: 6, scale: 2, nullable: true }) salary!: string | null
  @Column('simple-json', { nullable: true }) settings!: unknown
  @Column('simple-enum', { enum: ['blue', 'green'], nullable: true }) team!: string | null
  @Column({ default: 'x' }) source!: string
  @Column({ default: '', select: false }) password!: string
  @Column('blob', { nullable: true }) photo!: Buffer | null
  @ManyToOne(() => Person) boss!: Person
}

@Entity()
class Language {
  @PrimaryColumn({ length: 2 }) id!: string
  @Column() @MinLength(3) name!: string
}

class PersonSerializer extends Serializer(Person, {
  fields: [
    'id',
    'name',
    'email',
    'age',
    'height',
    'admin',
    'born',
    'hired',
    'steps',
    'salary',
    'settings',
    'team',
    'source',
    'createdAt',
  ],
  readOnly: ['admin'],
  writeOnly: ['settings'],
  createOnly: ['source'],
}) {}
class LanguageSerializer extends Serializer(Language, { fields: ['id', 'name'], createOnly: ['id'] }) {}

const row = (values: object): Person => Object.assign(new Person(), values)
const fields = (...names: readonly string[]) => Serializer(Person, { fields: names as ['id'] })

describe('Serializer', () => {
  let database: Database
  let dataSource: ModelDataSource
  let people: CompiledSerializer

  const compile = (serializer: AnySerializer, mistakes = new Mistakes()): CompiledSerializer => {
    const compiled = compileSerializer(serializer, describeEntity(dataSource, serializer.entity), mistakes)
    mistakes.throwIfAny()
    return compiled
  }
  const read = async (shape: InputShape, body: unknown) => people.reader(shape)(body)
  const errorsOf = async (shape: InputShape, body: unknown, serializer = people): Promise<readonly FieldError[]> => {
    const taken = async () => serializer.reader(shape)(body)
    const failure: unknown = await taken().then(
      (values) => expect.fail(`accepted as ${JSON.stringify(values)}`),
      (error: unknown) => error,
    )
    expect(failure).to.be.instanceOf(ValidationError)
    return (failure as ValidationError).errors
  }
  const codesOf = async (shape: InputShape, body: unknown) =>
    (await errorsOf(shape, body)).map(({ pointer, code }) => `${pointer} ${code}`)

  const problemsOf = (serializer: AnySerializer): readonly string[] => {
    const mistakes = new Mistakes()
    compileSerializer(serializer, describeEntity(dataSource, serializer.entity), mistakes)
    return mistakes.found.map(({ problem }) => problem)
  }

  before(async () => {
    database = await engines[0]!.create()
    dataSource = createDataSource({ ...database.options, entities: [Person, Language] })
    await dataSource.initialize()
    people = compile(PersonSerializer)
  })

  after(async () => {
    await dataSource?.destroy()
  })

  describe('reading', () => {
    it('takes what is right as it is held in memory', async () => {
      const body = {
        name: 'Ada',
        email: 'ada@example.org',
        age: 36,
        height: 1.6,
        born: '1815-12-10T01:30:00.5+01:30',
        hired: '1842-02-28',
        steps: '9007199254740991',
        salary: '1234.50',
        settings: { theme: ['dark', null, 1.5] },
        team: 'blue',
        source: 'import',
      }
      expect(await read('create', body)).to.deep.equal({ ...body, born: new Date('1815-12-10T00:00:00.500Z') })
    })

    it('gives a new row its defaults, and leaves out what may be null', async () => {
      expect(await read('create', { name: 'Ada' })).to.deep.equal({ name: 'Ada', age: 0, source: 'x' })
      expect(await read('create', { name: 'Ada', email: null })).to.deep.include({ email: null })
    })

    it('reports everything that is wrong at once', async () => {
      const body = { id: 'a', email: 1, age: '36', admin: true, createdAt: null, nickname: 'A', 'a/b~c': 1 }
      expect(await codesOf('create', body)).to.deep.equal([
        '#/id read_only',
        '#/email type',
        '#/age type',
        '#/admin read_only',
        '#/createdAt read_only',
        '#/nickname unknown_field',
        '#/a~1b~0c unknown_field',
        '#/name required',
      ])
    })

    it('says nothing of columns that are not listed', async () => {
      expect(await codesOf('patch', { password: 'x' })).to.deep.equal(['#/password unknown_field'])
      expect(await codesOf('patch', { updatedAt: 'x' })).to.deep.equal(['#/updatedAt unknown_field'])
    })

    it('lists at most 100 errors', async () => {
      const body = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`member${index}`, 1]))
      expect(await errorsOf('patch', body)).to.have.length(100)
    })

    it('never repeats what was sent, and cuts long names', async () => {
      const secret = 'hunter2'.repeat(40)
      const errors = await errorsOf('patch', { name: secret, [secret]: secret })
      expect(JSON.stringify(errors)).to.not.include(secret)
      expect(errors[1]?.pointer).to.have.length(66)
    })

    for (const [name, body] of Object.entries({ array: [{}], text: 'a', number: 1, null: null, boolean: true })) {
      it(`refuses a body that is ${name}`, async () => {
        expect(await codesOf('create', body)).to.deep.equal(['# type'])
      })
    }

    it('refuses to do without a body', async () => {
      expect(await codesOf('patch', undefined)).to.deep.equal(['# required'])
    })

    it('is not misled by names of Object.prototype', async () => {
      const body = JSON.parse('{"__proto__":1,"constructor":1,"toString":1,"hasOwnProperty":1}') as object
      expect(await codesOf('patch', body)).to.deep.equal([
        '#/__proto__ unknown_field',
        '#/constructor unknown_field',
        '#/toString unknown_field',
        '#/hasOwnProperty unknown_field',
      ])
    })

    const wrong: Readonly<Record<string, readonly (readonly [unknown, string])[]>> = {
      name: [
        [null, 'null'],
        [1, 'type'],
        ['x'.repeat(21), 'max_length'],
        ['a\0b', 'nul'],
        ['\ud800a', 'unicode'],
        ['é', 'isLength'],
      ],
      age: [
        ['1', 'type'],
        [1.5, 'type'],
        [true, 'type'],
        [2147483648, 'range'],
        [-2147483649, 'range'],
      ],
      height: [
        ['1', 'type'],
        [Number.POSITIVE_INFINITY, 'type'],
      ],
      born: [
        ['2026-01-01', 'timestamp'],
        ['2026-01-01T00:00:00', 'timestamp'],
        ['2026-02-30T00:00:00Z', 'timestamp'],
        ['2026-01-01T24:00:00Z', 'timestamp'],
        ['2026-01-01T00:00:60Z', 'timestamp'],
        ['2026-01-01T00:00:00+24:00', 'timestamp'],
        [0, 'timestamp'],
        ['0999-12-31T23:59:59Z', 'range'],
        ['9999-12-31T23:59:59-01:00', 'range'],
      ],
      hired: [
        ['2026-02-29', 'date'],
        ['2026-1-1', 'date'],
        [20260101, 'date'],
        ['0000-01-01', 'date'],
      ],
      steps: [
        [1, 'type'],
        ['1.5', 'type'],
        ['01', 'type'],
        ['-0', 'type'],
        ['9007199254740992', 'range'],
        ['1'.repeat(30), 'type'],
      ],
      salary: [
        [1.5, 'type'],
        ['1e3', 'type'],
        ['.5', 'type'],
        ['12345.00', 'range'],
        ['1.234', 'range'],
      ],
      settings: [
        ['\0', 'nul'],
        [{ a: [{ 'b\0': 1 }] }, 'nul'],
        [[Number.NaN], 'type'],
      ],
      team: [
        ['red', 'enum'],
        [1, 'enum'],
      ],
      email: [['nobody', 'isEmail']],
    }
    for (const [property, cases] of Object.entries(wrong)) {
      it(`refuses what a ${property} cannot be`, async () => {
        const codes: string[] = []
        for (const [value] of cases) codes.push(...(await codesOf('patch', { [property]: value })))
        expect(codes).to.deep.equal(cases.map(([, code]) => `#/${property} ${code}`))
      })
    }

    it('counts characters as the database does', async () => {
      expect(await read('patch', { name: '🙂'.repeat(20) })).to.deep.equal({ name: '🙂'.repeat(20) })
      expect(await codesOf('patch', { name: '🙂'.repeat(21) })).to.deep.equal(['#/name max_length'])
    })

    it('wants all of a row for its replacement, but for what the row would have by itself', async () => {
      expect(await codesOf('replace', { name: 'Ada' })).to.deep.equal(
        ['email', 'height', 'born', 'hired', 'steps', 'salary', 'settings', 'team'].map((name) => `#/${name} required`),
      )
      const body = { email: null, height: null, born: null, hired: null, steps: null, salary: null, settings: null }
      const values = { ...body, name: 'Ada', team: null }
      expect(await read('replace', values)).to.deep.equal({ ...values, age: 0 })
      expect(await codesOf('replace', { ...values, source: 'import' })).to.deep.equal(['#/source create_only'])
    })

    it('takes any part of a row for a patch, and fills nothing in', async () => {
      expect(await read('patch', {})).to.deep.equal({})
      expect(await read('patch', { email: null })).to.deep.equal({ email: null })
    })

    it('asks the rules of the class about exactly what is given', async () => {
      expect(await codesOf('patch', { name: 'a' })).to.deep.equal(['#/name isLength'])
      expect(await errorsOf('patch', { email: 'nobody' })).to.deep.equal([
        { pointer: '#/email', code: 'isEmail', message: 'email must be an email' },
      ])
    })

    it('takes a primary key only where it is claimed, and only for a new row', async () => {
      const unclaimed = compile(Serializer(Language, { fields: ['id', 'name'] }))
      expect(
        (await errorsOf('create', { id: 'en', name: 'English' }, unclaimed)).map(({ code }) => code),
      ).to.deep.equal(['read_only'])
      const languages = compile(LanguageSerializer)
      expect(await languages.reader('create')({ id: 'en', name: 'English' })).to.deep.equal({
        id: 'en',
        name: 'English',
      })
      expect((await errorsOf('patch', { id: 'en' }, languages)).map(({ code }) => code)).to.deep.equal(['create_only'])
    })
  })

  describe('writing', () => {
    it('shows what is listed and not write-only, in that order, and nothing else', () => {
      const text = people.write(
        row({
          id: '1',
          name: 'Ada "L"',
          email: null,
          age: 36,
          height: 1.6,
          admin: true,
          born: new Date('2026-01-02T03:04:05.006+01:00'),
          hired: '1842-02-28',
          steps: 9007199254740993n,
          salary: '1234.50',
          settings: { theme: 'dark' },
          team: 'blue',
          source: 'x',
          createdAt: new Date(0),
          password: 'hunter2',
        }),
      )
      expect(text).to.equal(
        '{"id":"1","name":"Ada \\"L\\"","email":null,"age":36,"height":1.6,"admin":true,' +
          '"born":"2026-01-02T02:04:05.006Z","hired":"1842-02-28","steps":"9007199254740993","salary":"1234.50",' +
          '"team":"blue","source":"x","createdAt":"1970-01-01T00:00:00.000Z"}',
      )
    })

    it('writes what is absent as null', () => {
      expect(JSON.parse(people.write(row({})))).to.deep.equal(
        Object.fromEntries(people.shown.map(({ name }) => [name, null])),
      )
    })

    it('writes text for exact numbers, whatever the driver gave', () => {
      const { steps, salary } = JSON.parse(people.write(row({ steps: 5, salary: 1.5 }))) as Record<string, unknown>
      expect([steps, salary]).to.deep.equal(['5', '1.50'])
    })
  })

  describe('mistakes', () => {
    it('tells of every field that cannot be shown', () => {
      expect(problemsOf(fields('id', 'password', 'photo', 'boss', 'nothing', 'id'))).to.deep.equal([
        '"password" is hidden: its column is left out of what is read.',
        'the column "photo" holds bytes, which have no form as JSON.',
        '"boss" is a relation, and `nested` does not say how its rows are shown.',
        'Person has no column "nothing".',
        'it lists "id" twice.',
      ])
      expect(problemsOf(fields())).to.deep.equal(['it lists no fields.'])
    })

    it('tells of lists that do not fit', () => {
      const spec = { fields: ['id', 'name'], readOnly: ['name', 'age'], createOnly: ['name'] } as const
      expect(problemsOf(Serializer(Person, spec as unknown as { fields: ['id'] }))).to.deep.equal([
        'it speaks of "age", which is not among its fields.',
        '"name" is both read-only and accepted as input.',
      ])
    })

    it('tells of input that it says it takes, and never would', () => {
      const spec = { fields: ['id', 'name', 'createdAt', 'updatedAt'], writeOnly: ['createdAt'], createOnly: ['id'] }
      const actions = { update: { write: ['name', 'updatedAt'] } }
      expect(problemsOf(Serializer(Person, { ...spec, actions } as unknown as { fields: ['id'] }))).to.deep.equal([
        '"createdAt" is in `writeOnly`, but no input may set it.',
        '"id" is in `createOnly`, but no input may set it.',
        '"update" takes "updatedAt", which is read-only.',
      ])
    })

    it('tells of options that say nothing of a relation to one row', () => {
      const boss = { serializer: Serializer(Person, { fields: ['id'] }), max: 5, orderBy: ['name'] }
      const spec = { fields: ['id', 'boss'], nested: { boss } }
      expect(problemsOf(Serializer(Person, spec as unknown as { fields: ['id'] }))).to.deep.equal([
        '"boss" leads to one row, for which `max` says nothing.',
        '"boss" leads to one row, for which `orderBy` says nothing.',
      ])
    })

    it('says where the serializer was declared', () => {
      class Leaky extends Serializer(Person, { fields: ['password'] }) {}
      const mistakes = new Mistakes()
      compileSerializer(Leaky, describeEntity(dataSource, Person), mistakes)
      expect(mistakes.found[0]).to.deep.include({ code: 'E_SERIALIZER', subject: 'Leaky' })
      expect(mistakes.found[0]?.places[0]).to.match(/^Serializer\(Person\) at .*serializer\.spec\.[jt]s:\d+:\d+$/)
    })
  })
})
