"""What Office programs write and how: packages, tracked changes, workbooks, and which column of a table is which.

The formats `docx`, `xlsx` and `manuscript` are made of these; nothing here knows an article.
"""
