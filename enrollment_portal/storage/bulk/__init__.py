"""Read and write the jobs that change many enrollments, and the register of batches."""
