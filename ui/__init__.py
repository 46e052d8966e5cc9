"""Session state, map, forms, texts and the error boundary: only here and in pages is Streamlit imported."""
