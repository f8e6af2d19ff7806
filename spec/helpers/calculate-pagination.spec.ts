import { expect } from 'chai'
import * as fc from 'fast-check'
import { calculatePagination } from 'plinth'

describe('calculatePagination', () => {
  it('says where a page stands', () => {
    expect(calculatePagination(100, 2, 20)).to.deep.equal({
      page: 2,
      pageSize: 20,
      totalItems: 100,
      totalPages: 5,
      hasNext: true,
      hasPrevious: true,
    })
    expect(calculatePagination(0, 1, 20)).to.include({ totalPages: 0, hasNext: false, hasPrevious: false })
    expect(calculatePagination(21, 2, 20)).to.include({ totalPages: 2, hasNext: false, hasPrevious: true })
    expect(calculatePagination(21, 9, 20)).to.include({ totalPages: 2, hasNext: false, hasPrevious: true })
  })

  it('refuses what is no count', () => {
    for (const bad of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1' as unknown as number]) {
      expect(() => calculatePagination(bad, 1, 1), String(bad)).to.throw(RangeError, 'totalItems')
      expect(() => calculatePagination(1, bad, 1), String(bad)).to.throw(RangeError, 'page must')
      expect(() => calculatePagination(1, 1, bad), String(bad)).to.throw(RangeError, 'pageSize')
    }
    expect(() => calculatePagination(1, 0, 1)).to.throw(RangeError, 'at least 1, not 0')
    expect(() => calculatePagination(1, 1, 0)).to.throw(RangeError)
  })

  it('leads from the first page to the last and reaches every row once', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 60 }), (total, size) => {
        let [page, rows] = [1, 0]
        for (;;) {
          const { hasNext, totalPages } = calculatePagination(total, page, size)
          rows += Math.max(0, Math.min(size, total - (page - 1) * size))
          if (!hasNext) {
            expect(page).to.equal(Math.max(1, totalPages))
            break
          }
          page++
        }
        expect(rows).to.equal(total)
      }),
    )
  })
})
