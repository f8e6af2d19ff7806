import { expect } from 'chai'
import * as fc from 'fast-check'
import { AppException, type FieldError, ValidationError } from 'plinth'
import { nearestName } from '../../src/helpers/nearest-name.js'
import { checkDepth, type Pagination, pageParameters } from '../../src/http/pagination.js'
import { parseQueryString } from '../../src/http/query/parse-query-string.js'
import { compileQueryReader } from '../../src/http/query/query-reader.js'

function errorsOf(work: () => unknown): readonly FieldError[] {
  try {
    work()
  } catch (error) {
    expect(error).to.be.instanceOf(ValidationError)
    return (error as ValidationError).errors
  }
  return []
}

const parsed = (text: string) => [...parseQueryString(text)]
const problems = (text: string) =>
  errorsOf(() => parseQueryString(text)).map(({ parameter, code }) => [parameter, code])

describe('Query strings', () => {
  it('are names and values, decoded', () => {
    expect(parsed('')).to.deep.equal([])
    expect(parsed('a=1&b=&c&d=x=y')).to.deep.equal([
      ['a', '1'],
      ['b', ''],
      ['c', ''],
      ['d', 'x=y'],
    ])
    expect(parsed('&&a=1&&')).to.deep.equal([['a', '1']])
    expect(parsed('a+b=%2B%20+%C3%A9%F0%9F%99%82')).to.deep.equal([['a b', '+  é🙂']])
  })

  it('are never taken apart into objects', () => {
    expect(parsed('a[b]=1&a.b=2&__proto__[x]=3')).to.deep.equal([
      ['a[b]', '1'],
      ['a.b', '2'],
      ['__proto__[x]', '3'],
    ])
    expect(({} as { x?: unknown }).x).to.equal(undefined)
  })

  it('have all values of what is given several times', () => {
    expect(parsed('a=1&b=2&a=3&a=')).to.deep.equal([
      ['a', ['1', '3', '']],
      ['b', '2'],
    ])
  })

  it('are refused for NUL and broken encoding, all at once', () => {
    expect(problems('a=1&a=2&b=%00&c=%zz&d=%C3&%00=1')).to.deep.equal([
      ['b', 'nul'],
      ['c', 'encoding'],
      ['d', 'encoding'],
      ['\0', 'nul'],
    ])
  })

  it('are refused beyond 8 KiB, whatever they hold', () => {
    expect(parsed(`a=${'x'.repeat(8190)}`)).to.have.length(1)
    expect(() => parseQueryString(`a=${'x'.repeat(8191)}`))
      .to.throw(AppException)
      .with.property('statusCode', 414)
  })

  it('come back from any names and values', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => !/[\0\p{Surrogate}]/u.test(value))
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name, maxLength: 10 }), (pairs) => {
        const query = pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')
        fc.pre(query.length <= 8192)
        expect(parsed(query)).to.deep.equal(pairs)
      }),
    )
  })

  it('are read or refused, never anything else', () => {
    const rough = fc.string({ unit: fc.constantFrom('a', '=', '&', '%', '0', 'é', '+', '\0', '\ud800', '[', ']', 'G') })
    fc.assert(
      fc.property(rough, (query) => {
        try {
          parseQueryString(query)
        } catch (error) {
          expect(error).to.be.instanceOf(ValidationError)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('Query parameters', () => {
  const page: Pagination = { style: 'page', size: 20, max: 50 }
  const read = compileQueryReader(pageParameters(page), [checkDepth])
  const refusals = (query: string) =>
    errorsOf(() => read(query)).map(({ parameter, code, message }) => `${parameter} ${code}: ${message}`)

  it('have defaults', () => {
    expect(read('')).to.deep.equal({ page: 1, pageSize: 20 })
    expect(read('pageSize=50&page=3')).to.deep.equal({ page: 3, pageSize: 50 })
    expect(compileQueryReader(pageParameters({ style: 'page', max: 5 }))('')).to.deep.equal({ page: 1, pageSize: 5 })
  })

  for (const text of [
    '0',
    '-1',
    '1.5',
    '01',
    '0x10',
    '1e3',
    '',
    ' 1',
    '1 ',
    '+1',
    'Infinity',
    '1234567890',
    '１',
    'null',
  ]) {
    it(`do not take ${JSON.stringify(text)} for a number`, () => {
      const value = encodeURIComponent(text)
      expect(refusals(`page=${value}`)).to.deep.equal(['page number: must be a whole number from 1, in digits'])
      expect(refusals(`pageSize=${value}`)).to.deep.equal(['pageSize number: must be a whole number from 1, in digits'])
    })
  }

  it('name the maximum that was passed', () => {
    expect(errorsOf(() => read('pageSize=51'))).to.deep.equal([
      { parameter: 'pageSize', code: 'max', message: 'must be at most 50', params: { max: 50 } },
    ])
  })

  it('are the maximum where more is asked for, if that is said, and as strict otherwise', () => {
    const parameters = pageParameters({ style: 'page', size: 5, max: 50, clamp: true })
    const clamped = (text: string) => compileQueryReader(parameters)(text) as { readonly pageSize: number }
    expect([clamped('').pageSize, clamped('pageSize=50').pageSize, clamped('pageSize=51').pageSize]).to.deep.equal([
      5, 50, 50,
    ])
    expect(clamped('pageSize=999999999').pageSize).to.equal(50)
    for (const text of ['0', '-1', '1e9', '9999999999', '']) {
      expect(
        errorsOf(() => clamped(`pageSize=${text}`)),
        text,
      ).to.have.length(1)
    }
  })

  it('end where skipping rows gets too costly', () => {
    expect(read('page=200&pageSize=50')).to.deep.equal({ page: 200, pageSize: 50 })
    expect(refusals('page=201&pageSize=50')).to.deep.equal([
      'page page_too_deep: only the first 10000 rows can be reached by page number',
    ])
    expect(refusals('page=999999999')).to.have.length(1)
  })

  it('are refused where nobody knows them, with the nearest name', () => {
    expect(refusals('page_size=5&pag=1&limit=3&Page=1')).to.deep.equal([
      'page_size unknown_parameter: is not known here; did you mean "pageSize"?',
      'pag unknown_parameter: is not known here; did you mean "page"?',
      'limit unknown_parameter: is not known here',
      'Page unknown_parameter: is not known here; did you mean "page"?',
    ])
    expect(refusals('__proto__=1&constructor=1')).to.have.length(2)
  })

  it('are all reported at once, with names cut to 64 characters', () => {
    const errors = errorsOf(() => read(`page=x&pageSize=y&${'n'.repeat(500)}=1`))
    expect(errors.map(({ parameter }) => parameter)).to.deep.equal(['n'.repeat(64), 'page', 'pageSize'])
  })

  it('suggest a name only where one is near', () => {
    expect(nearestName('titel', ['title', 'page'])).to.equal('title')
    expect(nearestName('xyz', ['title', 'page'])).to.equal(undefined)
    expect(nearestName('anything', [])).to.equal(undefined)
  })
})
