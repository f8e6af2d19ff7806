import { Serializer } from 'plinth'

export declare class Article {
  id: number
  ownerId: string
}

export declare class Book {
  id: number
  title: string
  pages: number
}

export declare class BookSerializer extends Serializer(Book, { fields: ['id', 'title', 'pages'] }) {}

export declare class PrintBody {
  copies: number
}
