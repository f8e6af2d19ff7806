import type { ModelRepository } from 'plinth'
import type { HasMetadata } from 'plinth/decorators'

export interface ProductMembers extends HasMetadata {}
export declare class ProductMembers {
  id: number
}

interface Product extends HasMetadata {}
declare class Product {
  id: number
}

export declare const products: ModelRepository<Product>
export const productSchema = { type: 'object', properties: { colour: { type: 'string' } } } as const
