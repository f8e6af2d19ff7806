import 'reflect-metadata'
import { expect } from 'chai'
import * as rules from 'class-validator'
import * as fc from 'fast-check'
import { compileRules } from '../../src/serializer/compile-rules.js'
import { ruleCheck } from '../../src/serializer/validation-rules.js'

enum Colour {
  Red = 'red',
  Blue = 'blue',
}

const day = new Date('2024-02-29T00:00:00.000Z')

@rules.ValidatorConstraint({ name: 'even', async: false })
class Even implements rules.ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'number' && value % 2 === 0
  }
}

@rules.ValidatorConstraint({ name: 'soon', async: true })
class Soon implements rules.ValidatorConstraintInterface {
  async validate(value: unknown): Promise<boolean> {
    await Promise.resolve()
    return value === 'soon'
  }
}

type Make = (options?: rules.ValidationOptions) => PropertyDecorator

/** Decorators that take arguments, with some. */
const parametrized: Readonly<Record<string, Make>> = {
  ArrayContains: (o) => rules.ArrayContains([1], o),
  ArrayNotContains: (o) => rules.ArrayNotContains([1], o),
  ArrayMaxSize: (o) => rules.ArrayMaxSize(2, o),
  ArrayMinSize: (o) => rules.ArrayMinSize(2, o),
  ArrayUnique: (o) => rules.ArrayUnique((one: unknown) => String(one), o),
  Contains: (o) => rules.Contains('a', o),
  Equals: (o) => rules.Equals('a', o),
  IsEnum: (o) => rules.IsEnum(Colour, o),
  IsIn: (o) => rules.IsIn(['a', 1], o),
  IsInstance: (o) => rules.IsInstance(Date, o),
  IsNotIn: (o) => rules.IsNotIn(['a', 1], o),
  IsNumber: (o) => rules.IsNumber({ maxDecimalPlaces: 2 }, o),
  IsDateString: (o) => rules.IsDateString({ strict: true }, o),
  IsUUID: (o) => rules.IsUUID('4', o),
  IsUrl: (o) => rules.IsUrl({ require_tld: false }, o),
  Length: (o) => rules.Length(1, 3, o),
  Matches: (o) => rules.Matches(/^[a-c]+$/, o),
  Max: (o) => rules.Max(10, o),
  MaxDate: (o) => rules.MaxDate(day, o),
  MaxLength: (o) => rules.MaxLength(3, o),
  Min: (o) => rules.Min(-1, o),
  MinDate: (o) => rules.MinDate(day, o),
  MinLength: (o) => rules.MinLength(2, o),
  NotContains: (o) => rules.NotContains('a', o),
  NotEquals: (o) => rules.NotEquals('a', o),
  IsDivisibleBy: (o) => rules.IsDivisibleBy(3, o),
  IsByteLength: (o) => rules.IsByteLength(1, 3, o),
  Validate: (o) => rules.Validate(Even, o),
  'Validate, asynchronous': (o) => rules.Validate(Soon, o),
}

/** Decorators that need none. */
const plain = `
  ArrayNotEmpty IsArray IsAscii IsBoolean IsBooleanString IsCreditCard IsDate IsDefined IsEmpty IsHexColor
  IsHexadecimal IsIBAN IsISO31661Alpha2 IsInt IsJSON IsJWT IsLatLong IsLatitude IsLocale IsLongitude
  IsLowercase IsMimeType IsMongoId IsNegative IsNotEmpty IsObject IsPort IsPositive IsSemVer IsString
  IsTimeZone IsUppercase
`

/** Decorators that may be given options of their own before the usual ones. */
const withOptions = `
  IsAlpha IsAlphanumeric IsBase64 IsCurrency IsDecimal IsEmail IsFQDN IsIP IsISO8601 IsMACAddress
  IsNotEmptyObject IsNumberString
`

type Named = Readonly<Record<string, (...given: readonly unknown[]) => PropertyDecorator>>
const named = (names: string, make: (name: string) => Make): Readonly<Record<string, Make>> =>
  Object.fromEntries(names.match(/\w+/g)!.map((name) => [name, make(name)]))

const single: Readonly<Record<string, Make>> = {
  ...named(plain, (name) => (rules as unknown as Named)[name]!),
  ...named(withOptions, (name) => (options) => (rules as unknown as Named)[name]!(undefined, options)),
  ...parametrized,
}

/** Values near the rules, and any other that JSON or a program may hold. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    'a',
    'abc',
    'abcd',
    'soon',
    'red',
    '1',
    '-1',
    'true',
    0,
    1,
    -1,
    2,
    3,
    9.5,
    1.234,
    Number.NaN,
    day,
    new Date(Number.NaN),
    new Set(['a', 1]),
    new Map([['k', 'a']]),
    [],
    [1],
    [1, 1],
    ['a', 'b'],
    {},
    { a: 1 },
    '2024-02-29',
    '2024-02-30',
    '2024-02-29T10:00:00Z',
    'x@example.org',
    'http://localhost',
    '127.0.0.1',
    '#fff',
    'b2d0b4a5-2c9f-4f8e-9c1d-0a4f5b6c7d8e',
    '{"a":1}',
    'de',
    'de-DE',
    '48.1,11.5',
    '507f1f77bcf86cd799439011',
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.array(fc.oneof(fc.integer(), fc.string({ maxLength: 3 })), { maxLength: 4 }),
)

function classWith(decorators: readonly PropertyDecorator[]): new () => { value?: unknown } {
  class Subject {
    value?: unknown
  }
  for (const decorate of decorators) decorate(Subject.prototype, 'value')
  return Subject
}

const complaints = async (instance: object): Promise<readonly rules.ValidationError[]> =>
  rules.validate(instance, { forbidUnknownValues: false })

const tooManyDecimals = [['isNumber', 'value has too many decimal places']]

async function agree(Subject: new () => { value?: unknown }, given: unknown): Promise<void> {
  const instance = Object.assign(new Subject(), { value: given })
  const expected = await outcomeOf(async () => {
    const errors = await complaints(instance)
    return errors.flatMap((error) => Object.entries(error.constraints ?? {}))
  })
  const found = await outcomeOf(async () => {
    const errors = await ruleCheck(Subject)(instance)
    return errors.map(({ code, message }) => [code, message])
  })
  // IsNumber throws at 5e-324 where decimals are counted.
  if (typeof expected === 'string') {
    expect(found).to.deep.equal(tooManyDecimals)
    return
  }
  expect(found).to.deep.equal(expected)
  expect(await compileRules(Subject)(instance)).to.equal(expected.length === 0)
}

/** What came of something, or the message of what it threw. */
const outcomeOf = <T>(work: () => Promise<T>): Promise<T | string> =>
  work().catch((error: unknown) => (error as Error).message)

describe('Compiled rules', () => {
  for (const [name, make] of Object.entries(single)) {
    it(`say of ${name} what class-validator says`, async () => {
      const [one, each] = [classWith([make()]), classWith([make({ each: true })])]
      const optional = classWith([make(), rules.IsOptional()])
      const subjects = [one, each, optional]
      await fc.assert(fc.asyncProperty(fc.constantFrom(...subjects), value, agree), { numRuns: 150 })
    })
  }

  it('say of several rules, groups, conditions and inherited rules what class-validator says', async () => {
    const when = fc.constantFrom<PropertyDecorator | undefined>(
      undefined,
      rules.IsOptional(),
      rules.ValidateIf((_, given) => typeof given === 'string'),
      rules.Allow(),
    )
    const some = fc.array(fc.constantFrom(...Object.values(single)), { minLength: 1, maxLength: 4 })
    const options = fc.constantFrom<rules.ValidationOptions | undefined>(
      undefined,
      { groups: ['x'] },
      { always: true },
      { message: 'no' },
      { each: true },
    )
    await fc.assert(
      fc.asyncProperty(some, some, options, when, value, async (above, below, how, condition, given) => {
        const Base = classWith(above.map((make) => make(how)))
        class Derived extends Base {}
        for (const make of below) make(how)(Derived.prototype, 'value')
        condition?.(Derived.prototype, 'value')
        await agree(Base, given)
        await agree(Derived, given)
      }),
      { numRuns: 400 },
    )
  })

  it('leave what lies inside of a property to its class, and look only at what they are asked about', async () => {
    class Inner {
      @rules.IsInt() size!: unknown
    }
    class Outer {
      @rules.ValidateNested() inner?: Inner
      @rules.IsString() name!: unknown
    }
    const check = ruleCheck(Outer)
    const outer = (size: unknown) =>
      Object.assign(new Outer(), { name: 'x', inner: Object.assign(new Inner(), { size }) })
    expect(await check(outer(1))).to.deep.equal([])
    expect(await check(outer('1'))).to.deep.equal([])
    expect(compileRules(Outer)(outer('1'))).to.equal(true)
    const nameless = Object.assign(outer('1'), { name: 5 })
    expect((await check(nameless, new Set(['name']))).map(({ code }) => code)).to.deep.equal(['isString'])
    expect(await check(nameless, new Set())).to.deep.equal([])
    expect(compileRules(Outer)(Object.assign(new Outer(), { name: 'x' }))).to.equal(true)
  })

  it('refuse numbers whose decimal places class-validator cannot count', async () => {
    class Priced {
      @rules.IsNumber({ maxDecimalPlaces: 2 }) price!: unknown
      @rules.ValidateIf(() => false)
      @rules.IsNumber({ maxDecimalPlaces: 2 })
      never!: unknown
    }
    const errors = async (price: unknown) =>
      (await ruleCheck(Priced)(Object.assign(new Priced(), { price, never: 1e-7 }))).map(({ pointer, code }) => [
        pointer,
        code,
      ])
    expect(await errors(1e-7)).to.deep.equal([['#/price', 'isNumber']])
    expect(await errors(-5e-324)).to.deep.equal([['#/price', 'isNumber']])
    expect(await errors(1e21)).to.deep.equal([])
    expect(await errors(0.25)).to.deep.equal([])
  })

  it('fail as a rule fails that throws', async () => {
    class Thrown {
      @rules.ValidateBy({
        name: 'thrown',
        validator: {
          validate: () => {
            throw new Error('no database')
          },
        },
      })
      value = 1
    }
    const failure = await Promise.resolve()
      .then(() => ruleCheck(Thrown)(new Thrown()))
      .catch((error: unknown) => error)
    expect((failure as Error).message).to.equal('no database')
  })
})
