import { expect } from 'chai'
import { Type } from 'class-transformer'
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDate,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Min,
  ValidateNested,
} from 'class-validator'
import { anyone, type Call, type Constructor, DefinitionError, Reply, ViewSet } from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { classProperties } from '../../src/serializer/class-schema.js'
import { applicationOf, describeOnDrivers, type Service } from '../support/http.js'

class Looks {
  @IsOptional() @IsInt() @Min(1) least?: number
  @IsOptional() @IsNumber() most?: number | null
  @IsOptional() @IsBoolean() flag?: boolean
  @IsOptional() @IsDate() at?: Date
  @IsOptional() @IsArray() @ArrayMaxSize(2) @IsString({ each: true }) tags?: string[]
  @IsOptional() @IsInt({ each: true }) sizes?: number[]
  @IsOptional() @Type(() => Date) @IsDate({ each: true }) days?: Date[]
  @IsOptional() @IsIn(['a', 'b']) kind?: 'a' | 'b' | null
  @IsOptional() @IsString() text?: string
}

@Resource('/looks')
class LookViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', allow: anyone, query: Looks, answers: { type: 'object' } })
  find({ query }: Call<undefined, Looks>) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined)
    const kinds = given.map(([name, value]) => [name, (value as object).constructor.name])
    return Reply.json({ query, kinds: Object.fromEntries(kinds) as object })
  }
}

describeOnDrivers('Classes of queries', ({ serve }) => {
  let service: Service
  const find = async (query: string): Promise<unknown> => {
    const { json } = await service.ask('GET', `/looks/find?${query}`)
    const { errors, query: read } = json as {
      readonly query: object
      readonly errors?: readonly { readonly parameter: string; readonly code: string }[]
    }
    return errors?.map(({ parameter, code }) => `${parameter} ${code}`) ?? read
  }

  before(async () => {
    service = await serve({ viewSets: [LookViewSet] })
  })
  after(() => service?.close())

  it('read numbers, booleans and instants of texts', async () => {
    expect(await find('')).to.deep.equal({})
    expect(await find('least=3&most=-1.5e1&flag=false&text=3&kind=a')).to.deep.equal({
      least: 3,
      most: -15,
      flag: false,
      text: '3',
      kind: 'a',
    })
    const { json } = await service.ask('GET', '/looks/find?at=2026-01-31T01:00:00%2B01:00&flag=true')
    expect(json).to.deep.equal({
      query: { at: '2026-01-31T00:00:00.000Z', flag: true },
      kinds: { at: 'Date', flag: 'Boolean' },
    })
  })

  it('refuse a text that stands for no value of the type', async () => {
    expect(await find('least=3x&most=0x10&flag=banana&at=2026-01-31')).to.deep.equal([
      'least number',
      'most number',
      'flag boolean',
      'at timestamp',
    ])
    expect(await find('least=&flag=1')).to.deep.equal(['least number', 'flag boolean'])
    expect(await find('least=0&kind=c')).to.deep.equal(['least min', 'kind isIn'])
    expect(await find('other=1')).to.deep.equal(['other unknown_parameter'])
  })

  it('read lists of parameters that are given several times', async () => {
    expect(await find('tags=a')).to.deep.equal({ tags: ['a'] })
    expect(await find('tags=a,b&tags=c&sizes=1&sizes=2')).to.deep.equal({ tags: ['a,b', 'c'], sizes: [1, 2] })
    expect(await find('days=2026-01-31T00:00:00Z&days=2026-02-01T00:00:00Z')).to.deep.equal({
      days: ['2026-01-31T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
    })
    expect(await find('sizes=1&sizes=x&days=x&least=1&least=2')).to.deep.equal([
      'least repeated',
      'sizes number',
      'days timestamp',
    ])
    expect(await find('tags=a&tags=b&tags=c')).to.deep.equal(['tags arrayMaxSize'])
  })
})

function problemsOf(query: Constructor): readonly string[] {
  @Resource('/x')
  class Given extends ViewSet {
    @Action({ method: 'get', on: 'collection', query, allow: anyone }) find() {
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

describe('Classes of queries', () => {
  it('are described as they are read', () => {
    const schemas = Object.fromEntries(classProperties(Looks).map(({ name, schema }) => [name, schema]))
    expect(schemas).to.deep.include({
      least: { type: 'integer', minimum: 1 },
      sizes: { type: 'array', items: { type: 'integer' } },
      tags: { type: 'array', maxItems: 2, items: { type: 'string' } },
    })
  })

  it('are refused where no text stands for a value', () => {
    class Part {
      @IsString() name!: string
    }
    class Nested {
      @ValidateNested() part!: Part
      @ValidateNested({ each: true }) @Type(() => Part) parts!: Part[]
      @IsObject() record!: Map<string, string>
    }
    expect(problemsOf(Nested)).to.deep.equal([
      'E_BODY no text of a query stands for what Nested.part holds.',
      'E_BODY no text of a query stands for what Nested.parts holds.',
      'E_BODY no text of a query stands for what Nested.record holds.',
    ])
  })
})
