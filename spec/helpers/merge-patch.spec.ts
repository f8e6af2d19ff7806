import { expect } from 'chai'
import * as fc from 'fast-check'
import { patched } from '../../src/helpers/merge-patch.js'

describe('patched', () => {
  it('does what the examples of RFC 7396 appendix A say', () => {
    const examples: readonly (readonly [original: string, patch: string, result: string])[] = [
      ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
      ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
      ['{"a":"b"}', '{"a":null}', '{}'],
      ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
      ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
      ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
      ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
      ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
      ['["a","b"]', '["c","d"]', '["c","d"]'],
      ['{"a":"b"}', '["c"]', '["c"]'],
      ['{"a":"foo"}', 'null', 'null'],
      ['{"a":"foo"}', '"bar"', '"bar"'],
      ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
      ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
      ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
    ]
    for (const [original, patch, result] of examples) {
      expect(JSON.stringify(patched(JSON.parse(original), JSON.parse(patch))), patch).to.equal(result)
    }
  })

  it('changes nothing it was given, gives the same when applied again, and never touches prototypes', () => {
    const json = fc.jsonValue({ maxDepth: 3 })
    fc.assert(
      fc.property(json, json, (value, patch) => {
        const before = JSON.stringify([value, patch])
        const once = patched(value, patch)
        expect(JSON.stringify([value, patch])).to.equal(before)
        expect(patched(once, patch)).to.deep.equal(once)
      }),
    )
    patched({}, JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'))
    expect({}).to.not.have.property('polluted')
  })
})
