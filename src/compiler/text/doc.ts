export * from '../../model/text/doc.ts';
