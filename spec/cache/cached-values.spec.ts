import { expect } from 'chai'
import { readCacheEntry, writeCacheEntry } from '../../src/cache/cache-entry.js'
import { digestOf, lifeOf, millisecondsOf, requireCacheKey } from '../../src/cache/cache-rules.js'
import { decodeCacheValue, encodeCacheValue } from '../../src/cache/cache-value.js'
import { areRelated, tagsRead, tagsWritten } from '../../src/cache/tags.js'
import { refusal } from '../support/refusal.js'

describe('Keys of caches', () => {
  it('are those that every store can have', () => {
    for (const key of ['a', 'k'.repeat(250), 'ä', '!~', '\u0080']) requireCacheKey(key)
    for (const key of ['', 'k'.repeat(251), 'a b', ' a', 'a\n', '\u0000', 'a\u007f', 5 as unknown as string]) {
      const message = refusal('E_CACHE_KEY', () => requireCacheKey(key))
      expect(message).to.equal('A key of a cache has 1 to 250 characters, none of them a space or a control character.')
    }
  })

  it('are digests that no other text has', () => {
    const texts = ['a', '"a"', '\ud800', '\ud801', '\ufffd', '"\\ud800"', '']
    expect(new Set(texts.map(digestOf)).size).to.equal(texts.length)
    for (const text of texts) requireCacheKey(digestOf(text))
  })
})

describe('Times of caches', () => {
  it('are whole milliseconds, at least one and at most those of a year', () => {
    expect([0.000001, 0.0011, 1, 31_536_000].map(millisecondsOf)).to.deep.equal([1, 2, 1000, 31_536_000_000])
    for (const timeout of [0, -1, Number.NaN, 31_536_001, '5', undefined]) {
      const message = refusal('E_CACHE_TIMEOUT', () => millisecondsOf(timeout as number))
      expect(message).to.equal(
        `A cache keeps a value for some seconds, more than 0 and at most 31536000 (a year), not ${timeout}.`,
      )
    }
  })

  it('are a year at most with those in which a value is stale', () => {
    expect(lifeOf({ timeout: 1 })).to.equal(1000)
    expect(lifeOf({ timeout: 1, stale: 0 })).to.equal(1000)
    expect(lifeOf({ timeout: 1, stale: 0.5 })).to.equal(1500)
    expect(lifeOf({ timeout: 31_535_999, stale: 1 })).to.equal(31_536_000_000)
    expect(refusal('E_CACHE_TIMEOUT', () => lifeOf({ timeout: 31_536_000, stale: 1 }))).to.equal(
      'A cache keeps a value for at most 31536000 seconds (a year), with those in which it is stale, not 31536000 and 1.',
    )
    expect(refusal('E_CACHE_TIMEOUT', () => lifeOf({ timeout: 1, stale: -1 }))).to.match(/, not -1\.$/)
  })
})

describe('Values of caches', () => {
  it('are texts as they are, and JSON', () => {
    const texts: readonly (readonly [value: unknown, text: string])[] = [
      ['', 's'],
      ['{"a":1}', 's{"a":1}'],
      [null, 'jnull'],
      [true, 'jtrue'],
      [1.5, 'j1.5'],
      [-0, 'j-0'],
      [{ a: [1, { b: 'c' }] }, 'j{"a":[1,{"b":"c"}]}'],
      [{ a: [0, -0], 'b"': { c: 'd', e: null }, f: [] }, 'j{"a":[0,-0],"b\\"":{"c":"d","e":null},"f":[]}'],
    ]
    for (const [value, text] of texts) {
      expect(encodeCacheValue(value), text).to.equal(text)
      expect(decodeCacheValue(text), text).to.deep.equal(value)
    }
    const shared = { a: 1 }
    expect(encodeCacheValue([shared, shared, -0])).to.equal('j[{"a":1},{"a":1},-0]')
    expect(encodeCacheValue(Object.assign(Object.create(null), { a: 1 }))).to.equal('j{"a":1}')
  })

  it('are nothing that would come back as something else', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = [circle]
    const wrong: readonly (readonly [value: unknown, what: string])[] = [
      [undefined, 'a undefined'],
      [Number.NaN, 'NaN'],
      [Number.NEGATIVE_INFINITY, '-Infinity'],
      [1n, 'a bigint'],
      [() => 1, 'a function'],
      [{ a: [undefined] }, 'a undefined'],
      [circle, 'an object that contains itself'],
      [new Date(0), 'an object of the class Date'],
      [new Map(), 'an object of the class Map'],
      [{ toJSON: () => 1 }, 'an object of the class Object'],
      [Object.create(Object.create(null)), 'an object of the class (none)'],
    ]
    for (const [value, what] of wrong) {
      expect(refusal('E_CACHE_VALUE', () => encodeCacheValue(value))).to.equal(
        `A cache keeps JSON values alone, and was given ${what}, which would come back as something else.`,
      )
    }
  })

  it('are not read from what nobody has written here', () => {
    for (const text of ['', 'x1', 'j', 'j{', '1', 5, null, undefined, ['s']]) {
      expect(decodeCacheValue(text), String(text)).to.equal(undefined)
    }
  })
})

describe('Entries of caches', () => {
  const entry = { madeAt: 1, freshUntil: 2, marks: 'a.b', text: 'one\ntwo' }

  it('come back whole', () => {
    for (const text of ['one\ntwo', '', '-1', undefined]) {
      expect(readCacheEntry(writeCacheEntry({ ...entry, text })), String(text)).to.deep.equal({ ...entry, text })
    }
    expect(writeCacheEntry(entry)).to.equal('[1,2,"a.b",7]\none\ntwo')
    expect(writeCacheEntry({ ...entry, text: undefined })).to.equal('[1,2,"a.b",-1]\n')
  })

  it('are not read from what is none, or no longer whole', () => {
    const broken = [
      '',
      '\n',
      'x',
      '[1,2,"a",1]',
      '{}\na',
      '5\na',
      'null\na',
      '[\na',
      '[1,2,"a",1]\n',
      '[1,2,"a",1]\nab',
      '["1",2,"a",1]\na',
      '[1,"2","a",1]\na',
      '[1,2,3,1]\na',
      '[1,2,"a"]\na',
      '[1,2,"a",-1]\na',
    ]
    for (const stored of [...broken, 5, null, undefined, ['[1,2,"a",1]\na']]) {
      expect(readCacheEntry(stored), String(stored)).to.equal(undefined)
    }
  })
})

describe('Tags of caches', () => {
  class City {}
  class Capital extends City {}
  class Country {}

  it('are those of an entity, of its rows, or names', () => {
    expect(tagsRead('my name')).to.deep.equal(['my name'])
    expect(tagsRead(City)).to.deep.equal(['City'])
    expect(tagsRead({ entity: City, id: 'ABc' })).to.deep.equal(['City:*', 'City:abc'])
    expect(tagsRead({ entity: City, id: 5 })).to.deep.equal(['City:*', 'City:5'])
  })

  it('are renewed for each row that is known to be written, and for all where they are not known, or many', () => {
    const ids = Array.from({ length: 51 }, (_, index) => index)
    expect(tagsWritten(City, [])).to.deep.equal(['City'])
    expect(tagsWritten(City, ['ABc', 5])).to.deep.equal(['City', 'City:abc', 'City:5'])
    expect(tagsWritten(City, ids.slice(1))).to.deep.equal(['City', ...ids.slice(1).map((id) => `City:${id}`)])
    expect(tagsWritten(City, ids)).to.deep.equal(['City', 'City:*'])
    expect(tagsWritten(City, 'many')).to.deep.equal(['City', 'City:*'])
    for (const id of [undefined, null, {}, 1n]) expect(tagsWritten(City, [1, id])).to.deep.equal(['City', 'City:*'])
  })

  it('are related where one class extends the other', () => {
    expect(areRelated(City, City)).to.equal(true)
    expect(areRelated(City, Capital)).to.equal(true)
    expect(areRelated(Capital, City)).to.equal(true)
    expect(areRelated(Capital, Country)).to.equal(false)
  })
})
