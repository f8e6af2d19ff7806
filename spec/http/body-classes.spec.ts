import { expect } from 'chai'
import { Type } from 'class-transformer'
import {
  ArrayMaxSize,
  IsArray,
  IsDate,
  IsDateString,
  IsInt,
  IsOptional,
  IsString,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator'
import { anyone, type Call, type Constructor, DefinitionError, Reply, ViewSet } from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { namingOf } from '../../src/helpers/naming.js'
import { classSchema } from '../../src/serializer/class-schema.js'
import { compileBody } from '../../src/serializer/compile-body.js'
import { applicationOf, describeOnDrivers, type Service } from '../support/http.js'

class Part {
  @IsString() @MaxLength(3) label!: string
  @IsInt() n!: number
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Part) subParts?: Part[]
}
class Parts {
  @IsArray() @ArrayMaxSize(2) @ValidateNested({ each: true }) @Type(() => Part) parts!: Part[]
  @IsOptional() @ValidateNested() @Type(() => Part) one?: Part
  @ValidateIf(() => true) @Type(() => Part) first?: Part
}
class Times {
  @IsOptional() @IsDate() at?: Date
  @IsOptional() @Type(() => Date) @IsDate({ each: true }) all?: Date[]
}

const kindOf = (value: unknown): string => (value as object).constructor.name

@Resource('/parts')
class PartViewSet extends ViewSet {
  @Action({ method: 'post', on: 'collection', allow: anyone, body: Parts, answers: { type: 'object' } })
  nested({ body: { parts, one } }: Call<Parts>) {
    return Reply.json({ kinds: parts.map(kindOf), deeper: parts[0]?.subParts?.map(kindOf), one: one && kindOf(one) })
  }
  @Action({ method: 'post', on: 'collection', allow: anyone, body: Times, answers: { type: 'object' } })
  times({ body: { at, all } }: Call<Times>) {
    return Reply.json({ at, kinds: all?.map(kindOf) })
  }
}

describeOnDrivers('Classes of bodies', ({ serve }) => {
  let service: Service
  const send = async (path: string, body?: unknown): Promise<readonly [number, unknown]> => {
    const answer = await (body === undefined ? service.ask('POST', path) : service.send('POST', path, body))
    const json = answer.json as { readonly errors?: readonly { pointer: string; code: string }[] }
    return [answer.status, json.errors?.map(({ pointer, code }) => `${pointer} ${code}`) ?? json]
  }
  const nested = (body: unknown) => send('/parts/nested', body)

  before(async () => {
    service = await serve({ viewSets: [PartViewSet] })
  })
  after(() => service?.close())

  it('may hold objects of classes, which are instances of them', async () => {
    expect(await nested({ parts: [{ label: 'a', n: 1 }] })).to.deep.equal([200, { kinds: ['Part'] }])
    const deep = { parts: [{ label: 'a', n: 1, subParts: [{ label: 'b', n: 2 }] }], one: { label: 'c', n: 3 } }
    expect(await nested(deep)).to.deep.equal([200, { kinds: ['Part'], deeper: ['Part'], one: 'Part' }])
    expect(await nested({ parts: [], one: null })).to.deep.equal([200, { kinds: [], one: null }])
  })

  it('check them as strictly, at any depth', async () => {
    expect(await nested({ parts: [{ label: 5, n: 'x', z: { evil: 1 } }] })).to.deep.equal([
      400,
      ['#/parts/0/z unknown_field', '#/parts/0/label maxLength', '#/parts/0/label isString', '#/parts/0/n isInt'],
    ])
    expect(await nested({ parts: [{}] })).to.deep.equal([
      400,
      ['#/parts/0/label maxLength', '#/parts/0/label isString', '#/parts/0/n isInt'],
    ])
    expect(await nested({ parts: [], one: { label: 'a', n: 1.5 } })).to.deep.equal([400, ['#/one/n isInt']])
    const deep = { label: 'a', n: 1, subParts: [{ label: 'b', n: 1, subParts: [{ label: 'b', n: 1, x: 0 }] }] }
    expect(await nested({ parts: [deep] })).to.deep.equal([400, ['#/parts/0/subParts/0/subParts/0/x unknown_field']])
  })

  it('take objects where objects stand, and lists where lists stand', async () => {
    expect(await nested({ parts: [3, null, [], { label: 'a', n: 1 }] })).to.deep.equal([
      400,
      ['#/parts/0 type', '#/parts/1 type', '#/parts/2 type'],
    ])
    expect(await nested({ parts: { label: 'a', n: 1 } })).to.deep.equal([400, ['#/parts type']])
    expect(await nested({ parts: [], one: [] })).to.deep.equal([400, ['#/one type']])
    const many = [1, 2, 3].map((n) => ({ label: 'a', n }))
    expect(await nested({ parts: many, first: 5 })).to.deep.equal([400, ['#/first type', '#/parts arrayMaxSize']])
    expect(await nested({ one: 5 })).to.deep.equal([400, ['#/one type', '#/parts arrayMaxSize', '#/parts isArray']])
  })

  it('tell no more than 100 errors of the longest list', async () => {
    const [status, errors] = await nested({ parts: Array.from({ length: 5000 }, () => ({})) })
    expect([status, (errors as readonly unknown[]).length]).to.deep.equal([400, 100])
  })

  it('have dates of instants', async () => {
    expect(
      await send('/parts/times', { at: '2026-01-31T01:00:00+01:00', all: ['2026-01-31T00:00:00Z'] }),
    ).to.deep.equal([200, { at: '2026-01-31T00:00:00.000Z', kinds: ['Date'] }])
    expect(await send('/parts/times', { at: '2026-02-30T00:00:00Z', all: ['x', 5] })).to.deep.equal([
      400,
      ['#/at timestamp', '#/all/0 timestamp', '#/all/1 timestamp'],
    ])
    expect(await send('/parts/times', { at: 5 })).to.deep.equal([400, ['#/at timestamp']])
  })

  it('may be left out where all of their members may', async () => {
    expect(await send('/parts/times')).to.deep.equal([200, {}])
    expect(await send('/parts/nested')).to.deep.equal([400, ['# required']])
    const bodies = ['times', 'nested'].map((name) => {
      const body = service.application.openapi().paths[`/parts/${name}`]?.['post']?.requestBody
      return body && 'required' in body && body.required
    })
    expect(bodies).to.deep.equal([false, true])
  })
})

describe('Schemas of classes', () => {
  it('hold those of the classes inside of them', () => {
    const own = { n: { type: 'integer' }, label: { type: 'string', maxLength: 3 } }
    const { properties } = classSchema(Parts) as { readonly properties: Readonly<Record<string, unknown>> }
    const part = {
      type: 'object',
      properties: {
        label: own.label,
        n: own.n,
        subParts: { anyOf: [{ type: 'array', items: { type: 'object' } }, { type: 'null' }] },
      },
      required: ['label', 'n'],
      additionalProperties: false,
    }
    expect(properties).to.deep.equal({
      first: { anyOf: [part, { type: 'null' }] },
      one: { anyOf: [part, { type: 'null' }] },
      parts: { type: 'array', items: part, maxItems: 2 },
    })
    const dates = classSchema(Times)['properties'] as { readonly at: { readonly anyOf: readonly object[] } }
    expect(dates.at.anyOf[0]).to.include({ type: 'string', format: 'date-time' })
  })
})

/** The first lines of what is said of an action with such a body. */
function problemsOf(body: Constructor): readonly string[] {
  @Resource('/x')
  class Given extends ViewSet {
    @Action({ method: 'post', on: 'collection', body, allow: anyone }) post() {
      return Reply.empty()
    }
  }
  try {
    applicationOf({ viewSets: [Given] })
  } catch (error) {
    if (error instanceof DefinitionError) return error.mistakes.map(({ code, problem }) => `${code} ${problem}`)
  }
  return []
}

describe('Classes inside of classes', () => {
  it('are refused where nothing in them would be checked', () => {
    class Unruled {
      name!: string
    }
    class OfUnruled {
      @ValidateNested() @Type(() => Unruled) part!: Unruled
    }
    class Deeper {
      @ValidateNested() @Type(() => OfUnruled) inside!: OfUnruled
    }
    class Untyped {
      @ValidateNested({ each: true }) parts!: Unruled[]
    }
    class Chosen {
      @ValidateNested()
      @Type(() => Part, { discriminator: { property: 'kind', subTypes: [{ name: 'part', value: Part }] } })
      part!: Part
    }
    class AsSet {
      @ValidateNested({ each: true }) @Type(() => Part) parts!: Set<Part>
    }
    expect([Deeper, Untyped, Chosen, AsSet].flatMap(problemsOf)).to.deep.equal([
      'E_BODY OfUnruled.part holds Unruled, which has no property with a rule, so that nothing in it would be checked.',
      'E_BODY nothing says which class the objects in Untyped.parts have, so that nothing in them would be checked.',
      'E_BODY @Type above Chosen.part chooses among several classes, which nothing here does.',
      'E_BODY AsSet.parts holds Set, which has no property with a rule, so that nothing in it would be checked.',
    ])
  })

  it('are refused where a date is asked for in a text, or a text in a date', () => {
    class Texts {
      @IsDate() at!: string
    }
    class Dates {
      @IsDateString() at!: Date
    }
    expect([Texts, Dates].flatMap(problemsOf)).to.deep.equal([
      'E_BODY "isDate" asks for a Date in Texts.at, which is sent as a text and stays one.',
      'E_BODY Dates.at is read as a Date, but "isDateString" asks for a text.',
    ])
  })

  it('are called as outside, and wait for rules that wait', async () => {
    const read = compileBody(Parts, namingOf('snake_case'))
    const body = { parts: [{ label: 'a', n: 1, sub_parts: [{ label: 'b', n: 2 }] }] }
    expect(await read(body)).to.deep.include({
      parts: [
        Object.assign(new Part(), { label: 'a', n: 1, subParts: [Object.assign(new Part(), { label: 'b', n: 2 })] }),
      ],
    })
  })
})
